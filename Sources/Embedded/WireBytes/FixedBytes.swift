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

  /// Replaces the content by what `write` appends to an output of `capacity` octets; empty when it
  /// throws.
  public mutating func replace<Failure: Error>(
    _ write: (inout OutputRawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    count = 0
    var span = storage.mutableSpan
    var bytes = span.mutableBytes
    count = try unsafe bytes.withUnsafeMutableBytes { (buffer) throws(Failure) in
      var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
      try write(&output)
      return unsafe output.finalize(for: buffer)
    }
  }

  /// The octet at `index` (0..<count).
  public subscript(index: Int) -> UInt8 {
    get {
      precondition(index < count)
      return storage[index]
    }
    set {
      precondition(index < count)
      storage[index] = newValue
    }
  }

  /// Forgets the content.
  public mutating func removeAll() { count = 0 }

  /// Whether nothing is held.
  public var isEmpty: Bool { count == 0 }

  /// The bytes held.
  public var bytes: Span<UInt8> {
    // Inlined before it is specialised: Embedded Swift 6.3 would else span a copy that is gone.
    @inline(__always) @_lifetime(borrow self) borrowing get { storage.span.extracting(0..<count) }
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
