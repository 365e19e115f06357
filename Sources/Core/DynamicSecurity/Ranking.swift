/// Names with a priority each: those of higher priority go first, of equal ones that with the
/// smaller octets.
public struct Ranking: Sendable, Equatable {
  /// A name and its priority.
  public struct Place: Sendable, Equatable {
    /// The name.
    public var name: Name
    /// Its priority.
    public var priority: Int
  }

  /// The priority of who was given none.
  public static let usual = -1

  /// Nothing goes further from 0 than 100,000.
  static func clamped(_ priority: Int) -> Int { min(max(priority, -100_000), 100_000) }

  /// The names, first to be asked first.
  public private(set) var places: [Place] = []

  /// No names.
  public init() {}

  /// Adds a name; false when it is there.
  public mutating func add(_ name: Name, priority: Int) -> Bool {
    guard !contains(name) else { return false }
    let place = Place(name: name, priority: Self.clamped(priority))
    let index = places.firstIndex { place.goesBefore($0) } ?? places.count
    places.insert(place, at: index)
    return true
  }

  /// Removes a name; false when it is not there.
  @discardableResult
  public mutating func remove(_ name: Name) -> Bool {
    guard let index = places.firstIndex(where: { $0.name == name }) else { return false }
    places.remove(at: index)
    return true
  }

  /// Whether a name is there.
  public func contains(_ name: Name) -> Bool { places.contains { $0.name == name } }
}

extension Ranking.Place {
  fileprivate func goesBefore(_ other: Ranking.Place) -> Bool {
    if priority != other.priority { return priority > other.priority }
    return name.lexicographicallyPrecedes(other.name)
  }
}
