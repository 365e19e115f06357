import WireBytes

/// PINGREQ: are you there; or, with a client identifier, a sleeping client that wakes up to fetch
/// its messages [SN 5.4.19].
@frozen
public struct Pingreq: EncodableMessage, ~Escapable {
  /// The client identifier of a sleeping client; empty for a plain keep alive.
  public let clientID: Span<UInt8>

  /// A PINGREQ with that client identifier.
  @inlinable
  @_lifetime(copy clientID)
  public init(clientID: Span<UInt8>) { self.clientID = clientID }

  /// A plain PINGREQ.
  @inlinable
  @_lifetime(immortal)
  public init() { clientID = Span() }

  /// Decodes the body of a PINGREQ. Errors: `malformedString`.
  @inlinable
  @_lifetime(copy body)
  public init(body: Span<UInt8>) throws(CodecError) {
    guard isWellFormedString(body) else { throw .malformedString }
    clientID = body
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .pingreq }
  /// The octets of the body.
  @inlinable public var bodySize: Int { clientID.count }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) { output.append(bytes: clientID) }
}

/// PINGRESP: the answer to PINGREQ [SN 5.4.20].
@frozen
public struct Pingresp: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// A PINGRESP, which has no fields.
  @inlinable
  public init() {}

  /// Decodes the body of a PINGRESP, which must be empty.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) { try requireBody(body, of: 0) }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .pingresp }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 0 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {}
}
