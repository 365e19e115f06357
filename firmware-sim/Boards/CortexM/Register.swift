import _Volatile

/// A 32-bit register of a device, or a word that an interrupt shares: every access is performed.
public struct Register {
  private let word: VolatileMappedRegister<UInt32>

  /// The register at `address`, a multiple of 4.
  @inline(__always)
  public init(_ address: UInt) { word = VolatileMappedRegister(unsafeBitPattern: address) }

  /// Reads it.
  @inline(__always)
  public func load() -> UInt32 { word.load() }

  /// Writes it.
  @inline(__always)
  public func store(_ value: UInt32) { word.store(value) }
}

/// One octet of memory: every access is performed.
struct Octet {
  private let octet: VolatileMappedRegister<UInt8>

  @inline(__always)
  init(_ address: UInt) { octet = VolatileMappedRegister(unsafeBitPattern: address) }

  @inline(__always)
  func load() -> UInt8 { octet.load() }

  @inline(__always)
  func store(_ value: UInt8) { octet.store(value) }
}
