extension SecurityModel {
  /// How many records of each kind there may be.
  static let clientLimit = 100_000
  static let groupLimit = 10_000
  static let roleLimit = 10_000
  /// How many entries a role may have, and how many roles or groups somebody.
  static let entryLimit = 10_000
  /// The octets of a name or a text.
  static let textLimit = 65_535

  /// Whether a name can be one: 1 to 65,535 octets without control characters.
  static func isName(_ name: Name) -> Bool {
    (1...textLimit).contains(name.count) && name.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  }

  /// The names of records in the order of their octets.
  static func sorted<Record>(_ records: [Name: Record]) -> [Name] {
    records.keys.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The clients of a group and their priorities, by user name.
  func members(of group: Name) -> [Ranking.Place] {
    let members = clients.compactMap { name, client in
      client.groups.places.first { $0.name == group }
        .map { Ranking.Place(name: name, priority: $0.priority) }
    }
    return members.sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }

  /// Whom it concerns when a group changes.
  func affected(byGroup group: Name) -> Set<Affected> {
    var affected = Set(members(of: group).map { Affected.user($0.name) })
    if group == anonymousGroup { affected.insert(.anonymous) }
    return affected
  }

  /// Whom it concerns when a role changes.
  func affected(byRole role: Name) -> Set<Affected> {
    var affected = Set<Affected>()
    for (name, client) in clients where client.roles.contains(role) { affected.insert(.user(name)) }
    for (name, group) in groups where group.roles.contains(role) {
      affected.formUnion(self.affected(byGroup: name))
    }
    return affected
  }
}

/// Whose connections end, since what they may do has changed.
public enum Affected: Sendable, Hashable {
  /// Those of a user.
  case user(Name)
  /// Those without a user name.
  case anonymous
}
