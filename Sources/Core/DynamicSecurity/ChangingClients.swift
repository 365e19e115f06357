import AccessFiles
import JSONTree

extension SecurityControl {
  static let clientCommands: [KnownCommand] = [
    .change("createClient") { (control, record) throws(CommandError) in
      try control.createClient(record)
    },
    .change("deleteClient") { (control, record) throws(CommandError) in
      let name = try control.clientName(record)
      control.model.clients[name] = nil
      control.affected.insert(.user(name))
    },
    .change("enableClient") { (control, record) throws(CommandError) in
      let name = try control.clientName(record)
      control.model.clients[name]?.isDisabled = false
    },
    .change("disableClient") { (control, record) throws(CommandError) in
      let name = try control.clientName(record)
      control.model.clients[name]?.isDisabled = true
      control.affected.insert(.user(name))
    },
    .change("setClientId") { (control, record) throws(CommandError) in
      try control.setClientID(record)
    },
    .change("setClientPassword") { (control, record) throws(CommandError) in
      try control.setPassword(record)
    },
    .change("modifyClient") { (control, record) throws(CommandError) in
      try control.modifyClient(record)
    },
    .change("addClientRole") { (control, record) throws(CommandError) in
      try control.addClientRole(record)
    },
    .change("removeClientRole") { (control, record) throws(CommandError) in
      try control.removeClientRole(record)
    },
    KnownCommand(name: "getClient") { (control, record) throws(CommandError) in
      let name = try control.clientName(record)
      return .record(["client": control.clientRecord(name)])
    },
    KnownCommand(name: "listClients") { (control, record) throws(CommandError) in
      let (model, connections) = (control.model, control.connections)
      return model.list("clients", SecurityModel.sorted(model.clients), record) {
        model.clientRecord($0, connections)
      }
    },
  ]

  private func clientRecord(_ name: Name) -> JSONValue? { model.clientRecord(name, connections) }

  private func clientName(_ record: SecurityRecord) throws(CommandError) -> Name {
    try model.clientName(record)
  }

  private mutating func createClient(_ record: SecurityRecord) throws(CommandError) {
    let name = try record.userName()
    let password = try record.text(ifAny: "password", else: "Invalid/missing password")
    var client = SecurityClient()
    client.clientID = try record.clientID(else: "Invalid/missing client id")
    if client.clientID?.isEmpty == true { client.clientID = nil }
    client.description = try record.description()
    guard model.clients[name] == nil else { throw CommandError("Client already exists") }
    guard model.clients.count < SecurityModel.clientLimit else {
      throw CommandError("Too many clients")
    }
    client.roles = try model.roles(of: record) ?? Ranking()
    client.groups = try model.groups(of: record) ?? Ranking()
    if let password, !password.isEmpty { client.password = try hashed(password) }
    model.clients[name] = client
  }

  private func hashed(_ password: String) throws(CommandError) -> PasswordHash {
    guard let hash = hash(password) else { throw CommandError("Internal error") }
    return hash
  }

  private mutating func setClientID(_ record: SecurityRecord) throws(CommandError) {
    let clientID = try record.clientID(else: "Invalid/missing client ID")
    let name = try clientName(record)
    model.clients[name]?.clientID = clientID?.isEmpty == false ? clientID : nil
    affected.insert(.user(name))
  }

  private mutating func setPassword(_ record: SecurityRecord) throws(CommandError) {
    let password = try record.text("password", else: "Invalid/missing password")
    if password.isEmpty { throw CommandError("Empty password is not allowed") }
    let name = try clientName(record)
    let hash = try hashed(password)
    model.clients[name]?.password = hash
    affected.insert(.user(name))
  }

  private mutating func modifyClient(_ record: SecurityRecord) throws(CommandError) {
    let name = try clientName(record)
    guard var client = model.clients[name] else { throw CommandError("Client not found") }
    if let clientID = try record.clientID(else: "Invalid/missing client id") {
      client.clientID = clientID.isEmpty ? nil : clientID
    }
    client.description.update(with: try record.description())
    if let roles = try model.roles(of: record) { client.roles = roles }
    if let groups = try model.groups(of: record) { client.groups = groups }
    let password = try record.text(ifAny: "password", else: "Invalid/missing password")
    if let password, !password.isEmpty { client.password = try hashed(password) }
    model.clients[name] = client
    affected.insert(.user(name))
  }

  private mutating func addClientRole(_ record: SecurityRecord) throws(CommandError) {
    let role = try record.roleName()
    let name = try clientName(record)
    guard model.roles[role] != nil else { throw CommandError("Role not found") }
    guard model.clients[name]?.roles.add(role, priority: record.priority()) == true else {
      throw CommandError("Internal error")
    }
    affected.insert(.user(name))
  }

  private mutating func removeClientRole(_ record: SecurityRecord) throws(CommandError) {
    let role = try record.roleName()
    let name = try clientName(record)
    guard model.roles[role] != nil else { throw CommandError("Role not found") }
    model.clients[name]?.roles.remove(role)
    affected.insert(.user(name))
  }
}

extension SecurityModel {
  /// The name of a client that is there.
  func clientName(_ record: SecurityRecord) throws(CommandError) -> Name {
    let name = try record.userName()
    guard clients[name] != nil else { throw CommandError("Client not found") }
    return name
  }

  /// A client as answers have it: without its password.
  func clientRecord(_ name: Name, _ connections: [Name: [String]]?) -> JSONValue? {
    guard let client = clients[name] else { return nil }
    var members = client.members(name)
    members.append(JSONMember("groups", client.groups.list("groupname")))
    if let connections {
      let own = (connections[name] ?? []).map { JSONValue.record(["address": .text($0)]) }
      members.append(JSONMember("connections", .array(own)))
    }
    return .object(members)
  }
}

extension Description {
  /// Takes what the other one says.
  mutating func update(with other: Description) {
    name = other.name ?? name
    text = other.text ?? text
  }
}
