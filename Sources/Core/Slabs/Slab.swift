/// Growing storage without copy-on-write: one owner, bounds checked, freed by `deinit`.
///
/// The hot state of the core lives in slabs and is named by index. Nothing keeps a pointer across
/// an `append`.
@frozen
public struct Slab<Element: ~Copyable>: ~Copyable {
  @usableFromInline var base: UnsafeMutablePointer<Element>
  @usableFromInline var capacity: Int
  @usableFromInline var storedCount: Int

  /// An empty slab that allocates nothing before the first element.
  @inlinable
  public init() {
    capacity = 0
    base = Self.nowhere
    storedCount = 0
  }

  /// An empty slab with room for `capacity` elements.
  @inlinable
  public init(capacity: Int) {
    self.init()
    if capacity > 0 { grow(to: capacity) }
  }

  @inlinable
  deinit {
    base.deinitialize(count: storedCount)
    if capacity > 0 { base.deallocate() }
  }

  /// Where an empty slab points: aligned, never read, never freed.
  @inlinable static var nowhere: UnsafeMutablePointer<Element> {
    let alignment = UInt(MemoryLayout<Element>.alignment)
    return UnsafeMutablePointer(bitPattern: alignment).unsafelyUnwrapped
  }

  /// The number of elements.
  @inlinable public var count: Int { storedCount }

  /// Whether there is no element.
  @inlinable public var isEmpty: Bool { storedCount == 0 }

  /// The element at `index` (0..<count); traps outside.
  @inlinable
  public subscript(index: Int) -> Element {
    unsafeAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: storedCount))
      return UnsafePointer(base + index)
    }
    unsafeMutableAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: storedCount))
      return base + index
    }
  }

  /// Adds an element at the end.
  @inlinable
  public mutating func append(_ element: consuming Element) {
    if storedCount == capacity { grow(to: max(capacity * 2, 4)) }
    (base + storedCount).initialize(to: element)
    storedCount &+= 1
  }

  /// Takes the last element out, or gives nothing when there is none.
  @inlinable
  public mutating func popLast() -> Element? {
    guard storedCount > 0 else { return nil }
    storedCount &-= 1
    return (base + storedCount).move()
  }

  /// Takes the element at `index` out and puts the last one in its place.
  @inlinable
  public mutating func swapRemove(at index: Int) -> Element {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: storedCount))
    let removed = (base + index).move()
    storedCount &-= 1
    if index != storedCount { (base + index).moveInitialize(from: base + storedCount, count: 1) }
    return removed
  }

  /// Removes every element and keeps the room.
  @inlinable
  public mutating func removeAll() {
    base.deinitialize(count: storedCount)
    storedCount = 0
  }

  @inlinable @inline(never)
  mutating func grow(to newCapacity: Int) {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
    larger.moveInitialize(from: base, count: storedCount)
    if capacity > 0 { base.deallocate() }
    base = larger
    capacity = newCapacity
  }
}

extension Slab where Element: BitwiseCopyable {
  /// The elements as a borrowed span.
  @inlinable public var span: Span<Element> {
    @_lifetime(borrow self) borrowing get {
      let span = Span<Element>(_unsafeStart: base, count: storedCount)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// Adds all of `elements` at the end.
  @inlinable
  public mutating func append(contentsOf elements: Span<Element>) {
    let needed = storedCount + elements.count
    if needed > capacity { grow(to: max(capacity * 2, needed)) }
    elements.withUnsafeBufferPointer { source in
      if let from = source.baseAddress {
        (base + storedCount).update(from: from, count: source.count)
      }
    }
    storedCount = needed
  }

  /// Keeps the first `count` elements.
  @inlinable
  public mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= storedCount)
    storedCount = count
  }
}
