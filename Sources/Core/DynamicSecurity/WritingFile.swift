import AccessFiles
import JSONTree

extension SecurityModel {
  /// The file that says all of this, in the form that every version of Mosquitto's dynamic security
  /// reads.
  public var file: JSONValue {
    let members = members
    return .record([
      "defaultACLAccess": .object(
        DefaultAccess.kinds.map { JSONMember($0.name, .bool(defaults[keyPath: $0.place])) }),
      "clients": .array(Self.sorted(clients).compactMap(clientOfFile)),
      "groups": .array(Self.sorted(groups).compactMap { groupOfFile($0, members[$0] ?? []) }),
      "anonymousGroup": anonymousGroup.map(json),
      "roles": .array(Self.sorted(roles).compactMap(roleRecord)),
    ])
  }

  private func clientOfFile(_ name: Name) -> JSONValue? {
    guard let client = clients[name] else { return nil }
    var members = client.members(name)
    if let hash = client.password { members += hash.members }
    return .object(members)
  }

  private func groupOfFile(_ name: Name, _ members: [Ranking.Place]) -> JSONValue? {
    guard let group = groups[name] else { return nil }
    let clients = members.map { $0.record("username") }
    return .object(group.members(name) + [JSONMember("clients", .array(clients))])
  }

  /// A role as file and answers have it.
  func roleRecord(_ name: Name) -> JSONValue? {
    guard let role = roles[name] else { return nil }
    var members = [JSONMember("rolename", json(name))] + role.description.members
    members.append(JSONMember("allowwildcardsubs", .bool(role.allowsWildcardSubscriptions)))
    return .object(members + [JSONMember("acls", .array(role.entries.map(\.record)))])
  }
}

/// A name as JSON.
func json(_ name: Name) -> JSONValue { .text(String(decoding: name, as: UTF8.self)) }

extension Description {
  /// Its members in file and answers.
  var members: [JSONMember] {
    [("textname", name), ("textdescription", text)].compactMap { name, text in
      text.map { JSONMember(name, .text($0)) }
    }
  }
}

extension SecurityClient {
  /// Its members in file and answers.
  func members(_ name: Name) -> [JSONMember] {
    var members = [JSONMember("username", json(name))]
    if let clientID { members.append(JSONMember("clientid", json(clientID))) }
    members += description.members
    if isDisabled { members.append(JSONMember("disabled", .bool(true))) }
    return members + [JSONMember("roles", roles.list("rolename"))]
  }
}

extension SecurityGroup {
  /// Its members in file and answers.
  func members(_ name: Name) -> [JSONMember] {
    [JSONMember("groupname", json(name))] + description.members
      + [JSONMember("roles", roles.list("rolename"))]
  }
}

extension Ranking {
  /// As a list of names that are called `key`.
  func list(_ key: String) -> JSONValue { .array(places.map { $0.record(key) }) }
}

extension Ranking.Place {
  /// The name, and the priority where it is not the usual one.
  func record(_ key: String) -> JSONValue {
    let priority = priority == Ranking.usual ? nil : JSONValue.integer(priority)
    return .record([key: json(name), "priority": priority])
  }
}

extension AccessEntry {
  /// As file and answers have it.
  var record: JSONValue {
    .record([
      "acltype": .text(kind.rawValue), "topic": json(topic), "priority": .integer(priority),
      "allow": .bool(allows),
    ])
  }
}

extension PasswordHash {
  /// In parts where Mosquitto 2.0 can read them, else as one text.
  fileprivate var members: [JSONMember] {
    guard case .pbkdf2(let rounds) = method else {
      return [JSONMember("encoded_password", .text(text))]
    }
    return [
      JSONMember("password", .text(Base64.text(of: digest))),
      JSONMember("salt", .text(Base64.text(of: salt))),
      JSONMember("iterations", .integer(rounds)),
    ]
  }
}
