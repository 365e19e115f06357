import AccessFiles

extension SecurityModel {
  /// What `dynsec init` writes: one client that may change everything here, see `$SYS` and read along.
  public static func administrated(by admin: Name, _ password: PasswordHash) -> SecurityModel {
    var model = SecurityModel()
    model.roles[Array("admin".utf8)] = SecurityRole(
      reading: ["$CONTROL/dynamic-security/#", "$SYS/#", "#"],
      writing: ["$CONTROL/dynamic-security/#"], leaving: ["#"])
    var client = SecurityClient()
    client.description.name = "Dynsec admin user"
    client.password = password
    _ = client.roles.add(Array("admin".utf8), priority: Ranking.usual)
    model.clients[admin] = client
    return model
  }

  /// What a daemon starts with whose file is not there yet: Mosquitto's roles, a group for clients
  /// without a user name, `admin`, and, with a password, `democlient`, who may do everything but
  /// control.
  public static func initial(
    admin: PasswordHash, demonstration: PasswordHash? = nil
  ) -> SecurityModel {
    var model = SecurityModel()
    for (name, text, role) in initialRoles {
      model.roles[Array(name.utf8)] = role
      model.roles[Array(name.utf8)]?.description.text = text
    }
    let group = Array("unauthenticated".utf8)
    model.groups[group] = SecurityGroup()
    model.groups[group]?.description.text = "The roles of clients that have no user name."
    model.anonymousGroup = group
    model.add("admin", admin, roles: ["super-admin", "sys-observe", "topic-observe"])
    if let demonstration { model.add("democlient", demonstration, roles: ["client"]) }
    return model
  }

  private mutating func add(_ name: String, _ password: PasswordHash, roles: [String]) {
    var client = SecurityClient()
    client.password = password
    for role in roles { _ = client.roles.add(Array(role.utf8), priority: Ranking.usual) }
    clients[Array(name.utf8)] = client
  }

  private static var initialRoles: [(name: String, text: String, role: SecurityRole)] {
    [
      ("client", "May publish and get everything.", SecurityRole(for: "#")),
      ("broker-admin", "May control the broker.", SecurityRole(for: "$CONTROL/broker/#")),
      (
        "dynsec-admin", "May change clients, groups and roles.",
        SecurityRole(for: "$CONTROL/dynamic-security/#")
      ),
      ("super-admin", "May control everything.", SecurityRole(for: "$CONTROL/#")),
      (
        "sys-notify", "Lets bridges tell their state.",
        SecurityRole(writing: ["$SYS/broker/connection/%c/state"])
      ),
      ("sys-observe", "May see $SYS.", SecurityRole(reading: ["$SYS/#"])),
      ("topic-observe", "May get everything.", SecurityRole(reading: ["#"], leaving: ["#"])),
    ]
  }
}

extension SecurityRole {
  /// A role that may do everything below a filter.
  fileprivate init(for filter: String) {
    self.init(reading: [filter], writing: [filter], leaving: [filter])
  }

  /// A role that may get the messages of some filters, publish to others, and unsubscribe.
  fileprivate init(reading: [String] = [], writing: [String] = [], leaving: [String] = []) {
    self.init()
    for filter in writing { allow(.publishClientSend, filter) }
    for filter in reading {
      allow(.publishClientReceive, filter)
      allow(.subscribePattern, filter)
    }
    for filter in leaving { allow(.unsubscribePattern, filter) }
  }

  private mutating func allow(_ kind: AccessEntry.Kind, _ filter: String) {
    _ = add(AccessEntry(kind, Array(filter.utf8), allows: true))
  }
}
