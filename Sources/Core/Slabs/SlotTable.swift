/// The name of a slot: where it is, and which of its successive tenants is meant.
///
/// A late message for the tenant of before finds another generation and goes nowhere.
@frozen
public struct SlotID: BitwiseCopyable, Sendable, Hashable {
  /// The position in the table.
  public var index: UInt32
  /// Odd while a tenant lives in the slot, and another number for each tenant.
  public var generation: UInt32

  /// Names a slot.
  @inlinable
  public init(index: UInt32, generation: UInt32) {
    self.index = index
    self.generation = generation
  }
}

/// A slab with holes: elements keep their index while they live, and freed slots are used again.
@frozen
public struct SlotTable<Element: ~Copyable>: ~Copyable {
  @usableFromInline var base: UnsafeMutablePointer<Element>
  @usableFromInline var capacity: Int
  @usableFromInline var generations: Slab<UInt32>
  @usableFromInline var free: Slab<UInt32>

  /// An empty table.
  public init() {
    capacity = 1
    base = .allocate(capacity: 1)
    generations = Slab()
    free = Slab()
  }

  deinit {
    for index in 0..<generations.count where generations[index] & 1 == 1 {
      (base + index).deinitialize(count: 1)
    }
    base.deallocate()
  }

  /// The number of elements.
  public var count: Int { generations.count - free.count }

  /// One past the highest index ever used: the bound for a walk over all slots.
  @inlinable public var indexBound: Int { generations.count }

  /// Puts `element` into a free slot.
  public mutating func insert(_ element: consuming Element) -> SlotID {
    let index: Int
    if let slot = free.popLast() {
      index = Int(slot)
    } else {
      index = generations.count
      generations.append(0)
      if index == capacity { grow() }
    }
    (base + index).initialize(to: element)
    generations[index] &+= 1
    return SlotID(index: UInt32(index), generation: generations[index])
  }

  /// Takes the element of `id` out, or gives nothing when it is gone already.
  public mutating func remove(_ id: SlotID) -> Element? {
    guard contains(id) else { return nil }
    let index = Int(id.index)
    generations[index] &+= 1
    free.append(id.index)
    return (base + index).move()
  }

  /// Whether `id` names a living element.
  @inlinable
  public func contains(_ id: SlotID) -> Bool {
    let index = Int(id.index)
    return index < generations.count && id.generation & 1 == 1
      && generations[index] == id.generation
  }

  /// The name of the living element at `index`, or nothing when the slot is free.
  @inlinable
  public func id(at index: Int) -> SlotID? {
    guard index < generations.count, generations[index] & 1 == 1 else { return nil }
    return SlotID(index: UInt32(truncatingIfNeeded: index), generation: generations[index])
  }

  /// The living element at `index`; traps on a free slot, so ask `contains` or `id(at:)` first.
  @inlinable
  public subscript(index: Int) -> Element {
    unsafeAddress {
      precondition(generations[index] & 1 == 1)
      return UnsafePointer(base + index)
    }
    unsafeMutableAddress {
      precondition(generations[index] & 1 == 1)
      return base + index
    }
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    for index in 0..<capacity where generations[index] & 1 == 1 {
      (larger + index).moveInitialize(from: base + index, count: 1)
    }
    base.deallocate()
    base = larger
    capacity *= 2
  }
}
