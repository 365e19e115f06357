/// CRC-16/X-25 of octets that come one at a time. The check value of "123456789" is 906E.
@frozen
public struct FrameChecksum: BitwiseCopyable, Sendable {
  @usableFromInline var register: UInt16

  /// The checksum of nothing.
  @inlinable
  public init() { register = 0xFFFF }

  /// The checksum of `octets`.
  public init(of octets: Span<UInt8>) {
    self.init()
    for index in octets.indices { add(octets[index]) }
  }

  /// Takes in one octet: the reflected polynomial 8408, eight steps folded into shifts.
  public mutating func add(_ octet: UInt8) {
    var mixed = octet ^ UInt8(truncatingIfNeeded: register)
    mixed ^= mixed << 4
    let wide = UInt16(mixed)
    register = (register >> 8 | wide << 8) ^ wide >> 4 ^ wide << 3
  }

  /// The value that is sent, low octet first.
  @inlinable public var value: UInt16 { ~register }

  /// Whether the octets taken in were a body and its own checksum.
  @inlinable public var isGood: Bool { register == 0xF0B8 }
}
