import JSONTree

extension SecurityControl {
  static let roleCommands: [KnownCommand] = [
    .change("createRole") { (control, record) throws(CommandError) in
      try control.createRole(record)
    },
    .change("deleteRole") { (control, record) throws(CommandError) in
      try control.deleteRole(record)
    },
    .change("modifyRole") { (control, record) throws(CommandError) in
      try control.modifyRole(record)
    },
    .change("addRoleACL") { (control, record) throws(CommandError) in
      let name = try control.model.roleName(record)
      try control.add(try record.entry(), to: name)
    },
    .change("removeRoleACL") { (control, record) throws(CommandError) in
      let name = try control.model.roleName(record)
      let (kind, topic) = (try record.kind(), try record.topic())
      guard control.model.roles[name]?.remove(kind, topic) == true else {
        throw CommandError("ACL not found")
      }
      control.affected.formUnion(control.model.affected(byRole: name))
    },
    .question("getRole") { (model, record) throws(CommandError) in
      let name = try model.roleName(record)
      return .record(["role": model.roleRecord(name)])
    },
    .question("listRoles") { (model, record) throws(CommandError) in
      model.list("roles", SecurityModel.sorted(model.roles), record, model.roleRecord)
    },
  ]

  private mutating func createRole(_ record: SecurityRecord) throws(CommandError) {
    let name = try record.roleName()
    var role = SecurityRole()
    role.description = try record.description()
    if let allows = try record.allowsWildcards() { role.allowsWildcardSubscriptions = allows }
    guard model.roles[name] == nil else { throw CommandError("Role already exists") }
    guard model.roles.count < SecurityModel.roleLimit else { throw CommandError("Too many roles") }
    _ = try role.takeEntries(of: record)
    model.roles[name] = role
  }

  private mutating func deleteRole(_ record: SecurityRecord) throws(CommandError) {
    let name = try model.roleName(record)
    affected.formUnion(model.affected(byRole: name))
    for client in model.clients.keys { model.clients[client]?.roles.remove(name) }
    for group in model.groups.keys { model.groups[group]?.roles.remove(name) }
    model.roles[name] = nil
  }

  private mutating func modifyRole(_ record: SecurityRecord) throws(CommandError) {
    let name = try record.roleName()
    guard let before = model.roles[name] else { throw CommandError("Role does not exist") }
    var role = before
    role.description.update(with: try record.description())
    if let allows = try record.allowsWildcards() { role.allowsWildcardSubscriptions = allows }
    _ = try role.takeEntries(of: record)
    model.roles[name] = role
    guard
      role.entries != before.entries
        || role.allowsWildcardSubscriptions != before.allowsWildcardSubscriptions
    else { return }
    affected.formUnion(model.affected(byRole: name))
  }

  private mutating func add(_ entry: AccessEntry, to name: Name) throws(CommandError) {
    guard model.roles[name]?.entries.count ?? 0 < SecurityModel.entryLimit else {
      throw CommandError("Too many ACLs in this role")
    }
    guard model.roles[name]?.add(entry) == true else {
      throw CommandError("ACL with this topic already exists")
    }
    affected.formUnion(model.affected(byRole: name))
  }
}

extension SecurityRecord {
  /// Whether something is to be allowed; mosquitto_ctrl 2.0 says it with a word.
  fileprivate func allows() -> Bool? {
    if let allows = body["allow"]?.bool { return allows }
    switch body["access"]?.text {
    case "allow": return true
    case "deny": return false
    default: return nil
    }
  }

  /// Whether subscriptions with wildcards are allowed, where the record says it.
  fileprivate func allowsWildcards() throws(CommandError) -> Bool? {
    guard let value = body["allowwildcardsubs"] else { return nil }
    guard let allows = value.bool else { throw CommandError("Invalid allowwildcardsubs") }
    return allows
  }
}

extension SecurityModel {
  /// The name of a role that is there.
  func roleName(_ record: SecurityRecord) throws(CommandError) -> Name {
    let name = try record.roleName()
    guard roles[name] != nil else { throw CommandError("Role not found") }
    return name
  }
}

extension SecurityControl {
  static let defaultCommands: [KnownCommand] = [
    .change("setDefaultACLAccess") { (control, record) throws(CommandError) in
      guard let elements = record.body["acls"]?.elements else {
        throw CommandError("Missing/invalid actions array")
      }
      for element in elements {
        guard let word = element["acltype"]?.text, let allows = SecurityRecord(element).allows(),
          let kind = DefaultAccess.kinds.first(where: { isSameWord($0.name, word) })
        else { continue }
        control.model.defaults[keyPath: kind.place] = allows
      }
    },
    .question("getDefaultACLAccess") { (model, _) throws(CommandError) in
      .record([
        "acls": .array(
          DefaultAccess.kinds.map { name, place in
            .record(["acltype": .text(name), "allow": .bool(model.defaults[keyPath: place])])
          })
      ])
    },
  ]
}
