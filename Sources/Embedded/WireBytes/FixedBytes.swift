/// Up to `capacity` bytes kept in place: a copy of something short, without a heap.
@frozen
public struct FixedBytes<let capacity: Int>: BitwiseCopyable, Sendable {
  @usableFromInline var storage: InlineArray<capacity, UInt8>
  /// The number of bytes held (0...capacity).
  public private(set) var count: Int

  /// Holds nothing.
  public init() {
    storage = .init(repeating: 0)
    count = 0
  }

  /// Replaces the content by `bytes`; `outOfRoom` when they are more than `capacity`.
  public mutating func assign(_ bytes: Span<UInt8>) throws(WireError) {
    guard bytes.count <= capacity else { throw .outOfRoom }
    var index = 0
    while index < bytes.count {
      storage[index] = bytes[index]
      index += 1
    }
    count = bytes.count
  }

  /// Forgets the content.
  public mutating func removeAll() { count = 0 }

  /// Whether nothing is held.
  public var isEmpty: Bool { count == 0 }

  /// The bytes held.
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self) borrowing get { storage.span.extracting(0..<count) }
  }
}

/// Whether two spans hold the same bytes.
@inlinable
public func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
  guard left.count == right.count else { return false }
  var index = 0
  while index < left.count {
    if left[index] != right[index] { return false }
    index += 1
  }
  return true
}
