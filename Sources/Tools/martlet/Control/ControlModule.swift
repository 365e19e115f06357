import DynamicSecurity
import JSONTree

/// What can be controlled: a topic, and its commands.
struct ControlModule: Sendable {
  let name: String
  let topic: String
  let commands: [ControlWords]

  /// The topic of the answers.
  var answerTopic: String { "\(topic)/response" }

  /// All of them.
  static let all = [dynsec, broker]

  private static let broker = ControlModule(
    name: "broker", topic: BrokerControl.topic,
    commands: [ControlWords("listPlugins"), ControlWords("listListeners")])

  private static let dynsec = ControlModule(
    name: "dynsec", topic: SecurityControl.topic,
    commands: clientCommands + groupCommands + roleCommands + defaultCommands)

  private static let (user, group, role) = (
    ControlWords.Word.text("username"), ControlWords.Word.text("groupname"),
    ControlWords.Word.text("rolename")
  )
  private static let priority = ControlWords.Word.number("priority")
  private static let part = [ControlWords.Word.number("count"), .number("offset")]

  private static let clientCommands = [
    ControlWords("createClient", [user], optional: [.text("-c clientid"), .text("-p password")]),
    ControlWords("deleteClient", [user]),
    ControlWords("enableClient", [user]),
    ControlWords("disableClient", [user]),
    ControlWords("setClientId", [user], optional: [.text("clientid")]),
    ControlWords("setClientPassword", [user], optional: [.text("password")]),
    ControlWords("addClientRole", [user, role], optional: [priority]),
    ControlWords("removeClientRole", [user, role]),
    ControlWords("getClient", [user]),
    ControlWords("listClients", optional: part),
  ]

  private static let groupCommands = [
    ControlWords("createGroup", [group]),
    ControlWords("deleteGroup", [group]),
    ControlWords("addGroupRole", [group, role], optional: [priority]),
    ControlWords("removeGroupRole", [group, role]),
    ControlWords("addGroupClient", [group, user], optional: [priority]),
    ControlWords("removeGroupClient", [group, user]),
    ControlWords("setAnonymousGroup", [group]),
    ControlWords("getAnonymousGroup"),
    ControlWords("getGroup", [group]),
    ControlWords("listGroups", optional: part),
  ]

  private static let entry = [
    role, ControlWords.Word.choice("acltype", AccessEntry.Kind.allCases.map(\.rawValue)),
    .text("topic"),
  ]

  private static let roleCommands = [
    ControlWords("createRole", [role]),
    ControlWords("deleteRole", [role]),
    ControlWords("addRoleACL", entry + [.access], optional: [priority]),
    ControlWords("removeRoleACL", entry, optional: [.access]),
    ControlWords("getRole", [role]),
    ControlWords("listRoles", optional: part),
  ]

  private static let defaultCommands = [
    ControlWords(
      "setDefaultACLAccess",
      [
        .choice(
          "acltype", ["publishClientSend", "publishClientReceive", "subscribe", "unsubscribe"]),
        .access,
      ]),
    ControlWords("getDefaultACLAccess"),
  ]

  /// The commands, a line each.
  var help: String {
    let lines = commands.map { "  \(name) \($0.name) \($0.usage)".trimmingEnd }
    let first = name == "dynsec" ? ["  dynsec init <file> <admin> [password]"] : []
    return (first + lines).map { $0 + "\n" }.joined()
  }

  /// The command that some words stand for.
  func command(_ words: [String]) throws(ControlWordsError) -> JSONValue {
    guard let known = commands.first(where: { isSameWord($0.name, words.first ?? "") }) else {
      throw ControlWordsError(
        message: "Command '\(words.first ?? "")' not recognised.", status: 13)
    }
    let rest = Array(words.dropFirst())
    var members: [JSONMember]
    switch known.name {
    case "createClient": members = try clientMembers(rest, known)
    case "setClientPassword": members = try passwordMembers(rest, known)
    default: members = try known.members(rest)
    }
    if known.name == "setDefaultACLAccess" {
      members = [JSONMember("acls", .array([.object(members)]))]
    }
    return .object([JSONMember("command", .text(known.name))] + members)
  }
}

extension String {
  fileprivate var trimmingEnd: String { last == " " ? String(dropLast()) : self }
}
