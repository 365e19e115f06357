import JSONTree

extension SecurityControl {
  static let groupCommands: [KnownCommand] = [
    .change("createGroup") { (control, record) throws(CommandError) in
      try control.createGroup(record)
    },
    .change("deleteGroup") { (control, record) throws(CommandError) in
      try control.deleteGroup(record)
    },
    .change("modifyGroup") { (control, record) throws(CommandError) in
      try control.modifyGroup(record)
    },
    .change("addGroupRole") { (control, record) throws(CommandError) in
      let (group, role) = try control.groupAndRole(record)
      guard control.model.groups[group]?.roles.add(role, priority: record.priority()) == true else {
        throw CommandError("Group is already in this role")
      }
      control.affected.formUnion(control.model.affected(byGroup: group))
    },
    .change("removeGroupRole") { (control, record) throws(CommandError) in
      let (group, role) = try control.groupAndRole(record)
      control.model.groups[group]?.roles.remove(role)
      control.affected.formUnion(control.model.affected(byGroup: group))
    },
    .change("addGroupClient") { (control, record) throws(CommandError) in
      let (group, user) = try control.groupAndUser(record)
      guard control.model.clients[user]?.groups.add(group, priority: record.priority()) == true
      else { throw CommandError("Client is already in this group") }
      control.affected.insert(.user(user))
    },
    .change("removeGroupClient") { (control, record) throws(CommandError) in
      let (group, user) = try control.groupAndUser(record)
      control.model.clients[user]?.groups.remove(group)
      control.affected.insert(.user(user))
    },
    .change("setAnonymousGroup") { (control, record) throws(CommandError) in
      let name = Array(try record.text("groupname", else: "Invalid/missing groupname").utf8)
      guard control.model.groups[name] != nil else { throw CommandError("Group not found") }
      control.model.anonymousGroup = name
      control.affected.insert(.anonymous)
    },
    .question("getAnonymousGroup") { (model, _) throws(CommandError) in
      .record(["group": .record(["groupname": json(model.anonymousGroup ?? [])])])
    },
    .question("getGroup") { (model, record) throws(CommandError) in
      let name = try model.groupName(record)
      return .record(["group": model.groupRecord(name, model.members(of: name))])
    },
    .question("listGroups") { (model, record) throws(CommandError) in
      let members = model.members
      return model.list("groups", SecurityModel.sorted(model.groups), record) {
        model.groupRecord($0, members[$0] ?? [])
      }
    },
  ]

  private mutating func createGroup(_ record: SecurityRecord) throws(CommandError) {
    let name = try record.groupName()
    var group = SecurityGroup()
    group.description = try record.description()
    guard model.groups[name] == nil else { throw CommandError("Group already exists") }
    guard model.groups.count < SecurityModel.groupLimit else {
      throw CommandError("Too many groups")
    }
    group.roles = try model.roles(of: record) ?? Ranking()
    model.groups[name] = group
  }

  private mutating func deleteGroup(_ record: SecurityRecord) throws(CommandError) {
    let name = try model.groupName(record)
    guard name != model.anonymousGroup else {
      throw CommandError("Deleting the anonymous group is forbidden")
    }
    affected.formUnion(model.affected(byGroup: name))
    for member in model.members(of: name) { model.clients[member.name]?.groups.remove(name) }
    model.groups[name] = nil
  }

  private mutating func modifyGroup(_ record: SecurityRecord) throws(CommandError) {
    let name = try model.groupName(record)
    guard var group = model.groups[name] else { throw CommandError("Group not found") }
    group.description.update(with: try record.description())
    if let roles = try model.roles(of: record) { group.roles = roles }
    let clients = try model.clients(of: record)
    affected.formUnion(model.affected(byGroup: name))
    model.groups[name] = group
    if let clients {
      for member in model.members(of: name) { model.clients[member.name]?.groups.remove(name) }
      for place in clients {
        _ = model.clients[place.name]?.groups.add(name, priority: place.priority)
      }
    }
    affected.formUnion(model.affected(byGroup: name))
  }

  private func groupAndRole(
    _ record: SecurityRecord
  ) throws(CommandError) -> (group: Name, role: Name) {
    let role = try record.roleName()
    let group = try model.groupName(record)
    guard model.roles[role] != nil else { throw CommandError("Role not found") }
    return (group, role)
  }

  private func groupAndUser(
    _ record: SecurityRecord
  ) throws(CommandError) -> (group: Name, user: Name) {
    let user = try model.clientName(record)
    return (try model.groupName(record), user)
  }
}

extension SecurityModel {
  /// The name of a group that is there.
  func groupName(_ record: SecurityRecord) throws(CommandError) -> Name {
    let name = try record.groupName()
    guard groups[name] != nil else { throw CommandError("Group not found") }
    return name
  }

  /// A group as answers have it.
  func groupRecord(_ name: Name, _ members: [Ranking.Place]) -> JSONValue? {
    guard let group = groups[name] else { return nil }
    let clients = members.map { JSONValue.record(["username": json($0.name)]) }
    return .object(group.members(name) + [JSONMember("clients", .array(clients))])
  }

  /// The answer to a question for a list: names or, where `verbose` asks for them, records; from
  /// number `offset` on, and no more than `count`.
  func list(
    _ key: String, _ names: [Name], _ record: SecurityRecord, _ make: (Name) -> JSONValue?
  ) -> JSONValue {
    let count = record.body["count"]?.integer ?? -1
    let rest = names.dropFirst(max(record.body["offset"]?.integer ?? 0, 0))
    let chosen = count > 0 ? rest.prefix(count) : rest
    let isVerbose = record.body["verbose"]?.bool ?? false
    let elements = chosen.compactMap { isVerbose ? make($0) : json($0) }
    return .record(["totalCount": .integer(names.count), key: .array(elements)])
  }
}
