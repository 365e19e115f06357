/// The parts that every message has: its type and its body [SN 5.2].
///
/// Who expects only a few types switches over `type` and decodes the `body` itself; `Message`
/// does it for all of them.
@frozen
public struct Frame: ~Escapable {
  /// What the body is.
  public let type: MessageType
  /// The octets after the header.
  public let body: Span<UInt8>

  /// Opens a datagram that holds exactly one message.
  ///
  /// Errors: `truncated` when Length says more than there is, `trailingOctets` when it says less,
  /// `malformedLength` when it is less than a header.
  @inlinable @inline(__always)
  @_lifetime(copy datagram)
  public init(_ datagram: Span<UInt8>) throws(CodecError) {
    guard datagram.count >= 2 else { throw .truncated }
    // [SN 5.2.1] a first octet of 1 announces a two-octet length
    if datagram[0] != 1 {
      guard datagram.count == Int(datagram[0]) else { throw Frame.lengthError(datagram) }
      type = MessageType(rawValue: datagram[1])
      body = datagram.extracting(droppingFirst: 2)
    } else {
      guard datagram.count >= 4, datagram.count == Int(bigEndian(datagram, at: 1)) else {
        throw Frame.lengthError(datagram)
      }
      type = MessageType(rawValue: datagram[3])
      body = datagram.extracting(droppingFirst: 4)
    }
  }

  /// Why a datagram of at least two octets, whose Length is not its count, is refused.
  @usableFromInline
  static func lengthError(_ datagram: Span<UInt8>) -> CodecError {
    let isLong = datagram[0] == 1
    guard !isLong || datagram.count >= 3 else { return .truncated }
    let length = isLong ? Int(bigEndian(datagram, at: 1)) : Int(datagram[0])
    if length < (isLong ? 4 : 2) { return .malformedLength }
    return datagram.count < length ? .truncated : .trailingOctets
  }
}

/// The two octets at `index`, which the caller has checked to be there.
@inlinable
func bigEndian(_ bytes: Span<UInt8>, at index: Int) -> UInt16 {
  UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
}

/// Throws unless `body` has exactly `count` octets.
@inlinable
func requireBody(_ body: Span<UInt8>, of count: Int) throws(CodecError) {
  if body.count != count { throw body.count < count ? .truncated : .trailingOctets }
}
