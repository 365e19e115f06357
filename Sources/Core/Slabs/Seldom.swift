/// Room for something that most owners never have: a word until it is asked for.
public struct Seldom<Value: ~Copyable>: ~Copyable {
  @usableFromInline var place: UnsafeMutablePointer<Value>?

  /// Nothing.
  @inlinable
  public init() { place = nil }

  deinit {
    place?.deinitialize(count: 1)
    place?.deallocate()
  }

  /// Whether it is there.
  @inlinable public var isThere: Bool { place != nil }

  /// Puts `value` there, if nothing is there yet.
  public mutating func make(_ value: consuming Value) {
    guard place == nil else { return }
    let room = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    room.initialize(to: value)
    place = room
  }

  /// What is there; traps where nothing is, so make it or ask `isThere` first.
  public subscript() -> Value {
    unsafeAddress {
      precondition(place != nil)
      return UnsafePointer(place.unsafelyUnwrapped)
    }
    unsafeMutableAddress {
      precondition(place != nil)
      return place.unsafelyUnwrapped
    }
  }
}
