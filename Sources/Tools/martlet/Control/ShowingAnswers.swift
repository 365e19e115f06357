import JSONTree

/// What a command line client shows of the answer to a command, in the form of mosquitto_ctrl.
struct ShownAnswer {
  /// For standard output.
  private(set) var text = ""
  /// What went wrong, for standard error.
  private(set) var fault: String?

  /// The answer of a payload; nil where it answers somebody else.
  init?(_ message: JSONValue?, to correlation: String) {
    guard let responses = message?["responses"]?.elements else {
      fault = "Payload not JSON."
      return
    }
    guard let response = responses.first, let command = response["command"]?.text else {
      fault = "Payload missing data."
      return
    }
    if let other = response["correlationData"]?.text, other != correlation { return nil }
    if let error = response["error"]?.text {
      fault = "\(command): Error: \(error)"
      return
    }
    if let show = Self.forms.first(where: { isSameWord($0.command, command) })?.show {
      guard let data = response["data"] else {
        fault = "Invalid response from server."
        return
      }
      text = show(data)
    }
  }

  private static let forms: [(command: String, show: @Sendable (JSONValue) -> String)] = [
    ("listClients", { names($0["clients"], "username") }),
    ("listGroups", { names($0["groups"], "groupname") }),
    ("listRoles", { names($0["roles"], "rolename") }),
    ("getClient", { client($0["client"]) }),
    ("getGroup", { group($0["group"]) }),
    ("getRole", { role($0["role"]) }),
    ("getAnonymousGroup", { ($0["group"]?["groupname"]?.text ?? "") + "\n" }),
    ("getDefaultACLAccess", { defaults($0["acls"]) }),
    ("listPlugins", { plugins($0["plugins"]) }),
    ("listListeners", { listeners($0["listeners"]) }),
  ]

  /// Names, or records that have them, a line each.
  private static func names(_ list: JSONValue?, _ key: String) -> String {
    (list?.elements ?? []).map { "\($0.text ?? $0[key]?.text ?? "")\n" }.joined()
  }

  /// As Mosquitto 2.1 shows a client that says where it is connected, and 2.0 any other.
  private static func client(_ client: JSONValue?) -> String {
    let connections = client?["connections"]?.elements
    let width = connections == nil ? 9 : 12
    func heading(_ word: String) -> String { padded(word, to: width) + " " }
    var text = heading("Username:") + (client?["username"]?.text ?? "") + "\n"
    text += client?["clientid"]?.text.map { heading("Clientid:") + $0 } ?? "Clientid:"
    text += "\n"
    if client?["disabled"]?.bool == true { text += heading("Disabled:") + "true\n" }
    text += column(heading("Roles:"), ranks(client?["roles"], "rolename"))
    text += column(heading("Groups:"), ranks(client?["groups"], "groupname"))
    return text
      + column(heading("Connections:"), (connections ?? []).map { $0["address"]?.text ?? "" })
  }

  private static func group(_ group: JSONValue?) -> String {
    let clients = (group?["clients"]?.elements ?? []).map { $0["username"]?.text ?? "" }
    return "Groupname: \(group?["groupname"]?.text ?? "")\n"
      + column("Roles:     ", ranks(group?["roles"], "rolename")) + column("Clients:   ", clients)
  }

  private static func role(_ role: JSONValue?) -> String {
    let entries = (role?["acls"]?.elements ?? []).map { entry in
      "\(padded(entry["acltype"]?.text ?? "", to: 20)) : \(access(entry, width: 5)) : "
        + "\(entry["topic"]?.text ?? "") (priority: \(entry["priority"]?.integer ?? -1))"
    }
    return "Rolename: \(role?["rolename"]?.text ?? "")\n" + column("ACLs:     ", entries)
  }

  private static func defaults(_ acls: JSONValue?) -> String {
    (acls?.elements ?? []).map { entry in
      "\(padded(entry["acltype"]?.text ?? "", to: 20)) : \(access(entry, width: 0))\n"
    }.joined()
  }

  private static func plugins(_ list: JSONValue?) -> String {
    (list?.elements ?? []).map { plugin in
      let endpoints = (plugin["control-endpoints"]?.elements ?? []).map { $0.text ?? "" }
      return "Plugin:            \(plugin["name"]?.text ?? "")\n"
        + column("Version:           ", plugin["version"]?.text.map { [$0] } ?? [])
        + column("Control endpoints: ", endpoints)
    }.joined()
  }

  private static func listeners(_ list: JSONValue?) -> String {
    let labels = [
      ("port", "Port:"), ("protocol", "Protocol:"), ("socket-path", "Socket path:"),
      ("bind-address", "Bind address:"), ("tls", "TLS:"),
    ]
    return (list?.elements ?? []).enumerated().map { index, listener in
      let lines = labels.compactMap { key, label in
        listener[key].map { "  \(padded(label, to: 18)) \($0.text ?? $0.compact)\n" }
      }
      return "Listener \(index + 1):\n" + lines.joined() + "\n"
    }.joined()
  }

  // MARK: Pieces

  private static func ranks(_ list: JSONValue?, _ key: String) -> [String] {
    (list?.elements ?? []).map {
      "\($0[key]?.text ?? "") (priority: \($0["priority"]?.integer ?? -1))"
    }
  }

  /// Lines under each other behind a heading; nothing without lines.
  private static func column(_ heading: String, _ lines: [String]) -> String {
    let indent = String(repeating: " ", count: heading.count)
    return lines.enumerated().map { ($0 == 0 ? heading : indent) + $1 + "\n" }.joined()
  }

  private static func access(_ entry: JSONValue, width: Int) -> String {
    padded(entry["allow"]?.bool == true ? "allow" : "deny", to: width)
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }
}
