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
  public static func isName(_ name: Name) -> Bool {
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

  /// The same for every group that has a client.
  var members: [Name: [Ranking.Place]] {
    var members: [Name: [Ranking.Place]] = [:]
    for name in Self.sorted(clients) {
      for place in clients[name]?.groups.places ?? [] {
        members[place.name, default: []].append(.init(name: name, priority: place.priority))
      }
    }
    return members
  }

  /// Whom it concerns when a group changes.
  func affected(byGroup group: Name) -> Set<Affected> {
    affected(byGroups: [group]) { _ in false }
  }

  /// Whom it concerns when a role changes.
  func affected(byRole role: Name) -> Set<Affected> {
    let groups = Set(groups.filter { $0.value.roles.contains(role) }.keys)
    return affected(byGroups: groups) { $0.roles.contains(role) }
  }

  func affected(
    byGroups groups: Set<Name>, _ isAffected: (SecurityClient) -> Bool
  ) -> Set<Affected> {
    let users = clients.filter { _, client in
      isAffected(client) || client.groups.places.contains { groups.contains($0.name) }
    }
    var affected = Set(users.keys.map(Affected.user))
    if let anonymousGroup, groups.contains(anonymousGroup) { affected.insert(.anonymous) }
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

extension Set<Affected> {
  /// The users among them.
  public var users: Set<[UInt8]> {
    Set<[UInt8]>(compactMap { if case .user(let name) = $0 { name } else { nil } })
  }
}
