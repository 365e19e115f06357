import WireBytes

/// Why a body cannot be put on a line. Sorted by whose fault it is.
@frozen
public enum FramingError: Error, BitwiseCopyable, Equatable {
  /// Out of room: the output has less free capacity than the frame needs.
  case outOfRoom
  /// Wrong use: the body is empty, longer than the limit, or has no 1-octet Length that `raw` needs.
  case unframeable
}

/// Puts bodies into frames of the `hdlc` format.
@frozen
public struct FrameWriter: BitwiseCopyable, Sendable {
  /// The longest body in octets; the peer drops what is longer than its own limit.
  public let limit: Int

  /// A writer for bodies of up to `limit` octets.
  @inlinable
  public init(limit: Int = 255) { self.limit = limit }

  /// The most octets that a frame with a body of `count` octets takes: everything escaped.
  @inlinable
  public static func maximumSize(bodyCount count: Int) -> Int { 2 * (count + 2) + 2 }

  /// Appends the frame of `body` to `output`. After the line was idle the frame `isOpening`: it
  /// begins with a 7E, which ends whatever noise came before.
  ///
  /// Errors: `outOfRoom` when the frame, with what has to be escaped, does not fit; `unframeable`
  /// for an empty body or one longer than the limit. Nothing is written then.
  @_lifetime(output: copy output)
  public func encode(
    _ body: Span<UInt8>, isOpening: Bool, into output: inout OutputRawSpan
  ) throws(FramingError) {
    guard !body.isEmpty, body.count <= limit else { throw .unframeable }
    let checksum = FrameChecksum(of: body).value
    let (low, high) = (
      UInt8(truncatingIfNeeded: checksum), UInt8(truncatingIfNeeded: checksum >> 8)
    )
    var size = (isOpening ? 2 : 1) + wireSize(low) + wireSize(high)
    for index in body.indices { size += wireSize(body[index]) }
    guard output.freeCapacity >= size else { throw .outOfRoom }
    if isOpening { output.append(0x7E) }
    for index in body.indices { output.append(escaping: body[index]) }
    output.append(escaping: low)
    output.append(escaping: high)
    output.append(0x7E)
  }
}

/// Whether `octet` must not stand in a frame as it is: the delimiter, the escape, XON and XOFF.
func isEscaped(_ octet: UInt8) -> Bool {
  octet == 0x7E || octet == 0x7D || octet == 0x11 || octet == 0x13
}

private func wireSize(_ octet: UInt8) -> Int { isEscaped(octet) ? 2 : 1 }

extension OutputRawSpan {
  @_lifetime(self: copy self)
  fileprivate mutating func append(escaping octet: UInt8) {
    if isEscaped(octet) {
      append(0x7D)
      append(octet ^ 0x20)
    } else {
      append(octet)
    }
  }
}
