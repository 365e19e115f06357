/// A seeded hash of byte strings. Names come from peers, so the seed must not be known to them.
@frozen
public struct NameHash: BitwiseCopyable, Sendable {
  @usableFromInline var seed: UInt64

  /// A hash that differs for every seed.
  public init(seed: UInt64) { self.seed = seed }

  /// The hash of `bytes`, different for every `salt`.
  @inlinable
  public func callAsFunction(_ bytes: Span<UInt8>, salt: UInt32 = 0) -> UInt64 {
    bytes.withUnsafeBytes { raw in
      var hash = Self.mix(seed ^ UInt64(salt), 0x9E37_79B9_7F4A_7C15 ^ UInt64(raw.count))
      var offset = 0
      while offset + 8 <= raw.count {
        let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        hash = Self.mix(hash ^ word, 0xE703_7ED1_A0B4_28DB)
        offset += 8
      }
      var tail: UInt64 = 0
      while offset < raw.count {
        tail = tail << 8 | UInt64(raw[offset])
        offset += 1
      }
      return Self.mix(hash ^ tail, 0x8EBC_6AF0_9C88_C6E3)
    }
  }

  /// The folded product: a cheap step that depends on every bit of both.
  @inlinable
  public static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}

/// Whether two names are the same, compared eight octets at a time.
@inlinable
public func isSameName(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
  guard left.count == right.count else { return false }
  return left.withUnsafeBytes { left in
    right.withUnsafeBytes { right in
      var offset = 0
      while offset + 8 <= left.count {
        let word = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        if word != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
        offset += 8
      }
      while offset < left.count {
        if left[offset] != right[offset] { return false }
        offset += 1
      }
      return true
    }
  }
}

/// A hash table from byte strings to numbers. It owns its keys.
public struct NameTable: ~Copyable {
  private struct Entry: BitwiseCopyable {
    var hash: UInt64
    var key: UnsafeMutablePointer<UInt8>?
    var keyCount: UInt32
    var value: UInt32
  }

  private let hash: NameHash
  private var entries = Slab<Entry>()
  /// The number of names.
  public private(set) var count = 0

  /// An empty table.
  public init(hash: NameHash) { self.hash = hash }

  deinit {
    for index in 0..<entries.count { entries[index].key?.deallocate() }
  }

  /// The number kept under `name`.
  public func value(of name: Span<UInt8>) -> UInt32? {
    guard let index = position(of: name, hash(name)) else { return nil }
    return entries[index].value
  }

  /// Keeps `value` under `name`, replacing what was there.
  public mutating func set(_ name: Span<UInt8>, to value: UInt32) {
    let hash = hash(name)
    if let index = position(of: name, hash) {
      entries[index].value = value
      return
    }
    if (count + 1) * 4 > entries.count * 3 { grow() }
    let key = UnsafeMutablePointer<UInt8>.allocate(capacity: max(name.count, 1))
    name.withUnsafeBufferPointer { source in
      if let from = source.baseAddress { key.update(from: from, count: source.count) }
    }
    place(Entry(hash: hash, key: key, keyCount: UInt32(name.count), value: value))
    count += 1
  }

  /// Forgets `name`.
  public mutating func remove(_ name: Span<UInt8>) {
    guard var hole = position(of: name, hash(name)) else { return }
    entries[hole].key?.deallocate()
    count -= 1
    let mask = entries.count - 1
    var index = (hole + 1) & mask
    // Close the gap, so that no search ends early: move back what may stand in the hole.
    while entries[index].key != nil {
      let home = Int(truncatingIfNeeded: entries[index].hash) & mask
      if (index - home) & mask >= (index - hole) & mask {
        entries[hole] = entries[index]
        hole = index
      }
      index = (index + 1) & mask
    }
    entries[hole].key = nil
  }

  private func position(of name: Span<UInt8>, _ hash: UInt64) -> Int? {
    guard entries.count > 0 else { return nil }
    let mask = entries.count - 1
    var index = Int(truncatingIfNeeded: hash) & mask
    while let key = entries[index].key {
      let candidate = Span(_unsafeStart: key, count: Int(entries[index].keyCount))
      if entries[index].hash == hash, isSameName(candidate, name) { return index }
      index = (index + 1) & mask
    }
    return nil
  }

  private mutating func place(_ entry: Entry) {
    let mask = entries.count - 1
    var index = Int(truncatingIfNeeded: entry.hash) & mask
    while entries[index].key != nil { index = (index + 1) & mask }
    entries[index] = entry
  }

  private mutating func grow() {
    let size = max(entries.count * 2, 16)
    var old = Slab<Entry>(capacity: size)
    for _ in 0..<size { old.append(Entry(hash: 0, key: nil, keyCount: 0, value: 0)) }
    swap(&entries, &old)
    for index in 0..<old.count where old[index].key != nil { place(old[index]) }
  }
}
