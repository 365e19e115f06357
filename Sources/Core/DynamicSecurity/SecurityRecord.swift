import JSONTree

/// What is wrong with a command, in Mosquitto's words where it has some.
struct CommandError: Error, Equatable {
  var text: String

  init(_ text: String) { self.text = text }
}

/// One object of a command or of the file, and how its members are read.
struct SecurityRecord {
  let body: JSONValue

  init(_ body: JSONValue) { self.body = body }

  /// A string that must be there.
  func text(_ name: String, else fault: String) throws(CommandError) -> String {
    guard let text = body[name]?.text, text.utf8.count <= SecurityModel.textLimit else {
      throw CommandError(fault)
    }
    return text
  }

  /// A string that may be there.
  func text(ifAny name: String, else fault: String) throws(CommandError) -> String? {
    body[name] == nil ? nil : try text(name, else: fault)
  }

  /// What people are told, as far as it is said.
  func description() throws(CommandError) -> Description {
    Description(
      name: try text(ifAny: "textname", else: "Invalid/missing textname"),
      text: try text(ifAny: "textdescription", else: "Invalid/missing textdescription"))
  }

  /// A user name.
  func userName() throws(CommandError) -> Name {
    try name(
      "username", else: "Invalid/missing username", empty: "Empty username",
      unfit: "Username not valid UTF-8")
  }

  /// The name of a group.
  func groupName() throws(CommandError) -> Name {
    try name(
      "groupname", else: "Invalid/missing groupname", empty: "Empty groupname",
      unfit: "Group name not valid UTF-8")
  }

  /// The name of a role.
  func roleName() throws(CommandError) -> Name {
    try name(
      "rolename", else: "Invalid/missing rolename", empty: "Empty rolename",
      unfit: "Role name not valid UTF-8")
  }

  private func name(
    _ member: String, else fault: String, empty: String, unfit: String
  ) throws(CommandError) -> Name {
    let name = Array(try text(member, else: fault).utf8)
    if name.isEmpty { throw CommandError(empty) }
    guard SecurityModel.isName(name) else { throw CommandError(unfit) }
    return name
  }

  /// A Client Identifier; empty where it is empty, nil where none is named.
  func clientID(else fault: String) throws(CommandError) -> [UInt8]? {
    guard let text = try text(ifAny: "clientid", else: fault) else { return nil }
    let clientID = Array(text.utf8)
    guard clientID.isEmpty || SecurityModel.isName(clientID) else {
      throw CommandError("Client ID not valid UTF-8")
    }
    return clientID
  }

  /// A priority, or the usual one.
  func priority(usual: Int = Ranking.usual) -> Int { body["priority"]?.integer ?? usual }

  /// The kind of an entry.
  func kind() throws(CommandError) -> AccessEntry.Kind {
    let word = try text("acltype", else: "Invalid/missing acltype")
    guard let kind = AccessEntry.Kind.allCases.first(where: { isSameWord($0.rawValue, word) })
    else {
      throw CommandError("Unknown acltype")
    }
    return kind
  }

  /// The filter of an entry.
  func topic() throws(CommandError) -> [UInt8] {
    let topic = Array(try text("topic", else: "Invalid/missing topic").utf8)
    guard isFilterOfEntry(topic) else { throw CommandError("Invalid ACL topic") }
    return topic
  }

  /// An entry of a role.
  func entry() throws(CommandError) -> AccessEntry {
    AccessEntry(
      try kind(), try topic(), priority: priority(usual: 0),
      allows: body["allow"]?.bool ?? false)
  }
}
