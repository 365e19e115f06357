import WireBytes

/// A message that can be written: a type and a body, from which the header follows.
public protocol EncodableMessage: ~Escapable {
  /// The MsgType octet.
  static var type: MessageType { get }

  /// The octets of the body, without the header.
  var bodySize: Int { get }

  /// Appends the body. The room has been checked; without room it traps.
  @_lifetime(output: copy output)
  func appendBody(to output: inout OutputRawSpan)
}

extension EncodableMessage where Self: ~Escapable {
  /// The octets of the whole message: the header takes 2, or 4 from 254 octets of body up.
  @inlinable public var encodedSize: Int { messageSize(bodySize: bodySize) }

  /// Appends the whole message to `output`.
  ///
  /// Errors: `outOfRoom` when `output` has less than `encodedSize` octets free, `tooLong` when the
  /// message cannot have a Length. Nothing is written then.
  @inlinable
  @_lifetime(output: copy output)
  public func encode(into output: inout OutputRawSpan) throws(CodecError) {
    try output.append(headerOf: Self.type, bodySize: bodySize)
    appendBody(to: &output)
  }
}

/// The octets of a message with a body of `bodySize` octets [SN 5.2.1].
@inlinable
public func messageSize(bodySize: Int) -> Int {
  bodySize <= 253 ? bodySize + 2 : bodySize + 4
}

extension OutputRawSpan {
  /// Checks the room for a whole message and appends its header: the 1-octet Length up to 255
  /// octets of message, else the 3-octet one [SN 5.2.1].
  @inlinable
  @_lifetime(self: copy self)
  mutating func append(headerOf type: MessageType, bodySize: Int) throws(CodecError) {
    let size = messageSize(bodySize: bodySize)
    guard freeCapacity >= size else { throw .outOfRoom }
    if size <= 255 {
      append(UInt8(truncatingIfNeeded: size))
    } else {
      guard size <= 65_535 else { throw .tooLong }
      append(1 as UInt8)
      append(bigEndian: UInt16(truncatingIfNeeded: size))
    }
    append(type.rawValue)
  }
}
