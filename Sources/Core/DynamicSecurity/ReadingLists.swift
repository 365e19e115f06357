import JSONTree
import MQTTTerms

/// Whether a filter can be that of an entry.
func isFilterOfEntry(_ topic: [UInt8]) -> Bool { isTopicFilter(topic.span) }

extension SecurityModel {
  /// The roles that a record names (`roles`), all of which must be there; nil where it names none.
  func roles(of record: SecurityRecord) throws(CommandError) -> Ranking? {
    let fault = "'roles' not an array or missing/invalid rolename"
    guard let list = record.body["roles"] else { return nil }
    guard let elements = list.elements else { throw CommandError(fault) }
    return try ranking(elements) { (element) throws(CommandError) in
      let name = Array(try element.text("rolename", else: fault).utf8)
      guard roles[name] != nil else { throw CommandError("Role not found") }
      return name
    }
  }

  /// The same for groups (`groups`).
  func groups(of record: SecurityRecord) throws(CommandError) -> Ranking? {
    guard let elements = record.body["groups"]?.elements else { return nil }
    return try ranking(elements) { (element) throws(CommandError) in
      let name = Array(
        try element.text(
          "groupname", else: "'groups' contains an object with an invalid 'groupname'"
        ).utf8)
      guard groups[name] != nil else { throw CommandError("Group not found") }
      return name
    }
  }

  /// The same for the clients of a group (`clients`), which may be all there are.
  func clients(of record: SecurityRecord) throws(CommandError) -> [Ranking.Place]? {
    guard let elements = record.body["clients"]?.elements else { return nil }
    guard elements.count <= Self.clientLimit else {
      throw CommandError("Too many names in a list")
    }
    var places: [Ranking.Place] = []
    for element in elements {
      let record = SecurityRecord(element)
      let name = Array(
        try record.text(
          "username", else: "'clients' contains an object with an invalid 'username'"
        ).utf8)
      guard clients[name] != nil else {
        throw CommandError("'clients' contains an object with a 'username' that does not exist")
      }
      places.append(.init(name: name, priority: record.priority()))
    }
    return places
  }

  private func ranking(
    _ elements: [JSONValue], _ name: (SecurityRecord) throws(CommandError) -> Name
  ) throws(CommandError) -> Ranking {
    guard elements.count <= Self.entryLimit else { throw CommandError("Too many names in a list") }
    var ranking = Ranking()
    for element in elements {
      let record = SecurityRecord(element)
      _ = ranking.add(try name(record), priority: record.priority())
    }
    return ranking
  }
}

extension SecurityRole {
  /// Takes the entries that a record has (`acls`) in place of the own ones; false where it has no
  /// list of them. Of several for one topic the first counts.
  mutating func takeEntries(of record: SecurityRecord) throws(CommandError) -> Bool {
    guard let elements = record.body["acls"]?.elements else { return false }
    guard elements.count <= SecurityModel.entryLimit else {
      throw CommandError("Too many ACLs in this role")
    }
    var role = SecurityRole()
    for element in elements { _ = role.add(try SecurityRecord(element).entry()) }
    takeEntries(of: role)
    return true
  }
}
