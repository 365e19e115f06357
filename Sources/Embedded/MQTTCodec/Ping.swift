import WireBytes

/// PINGREQ: the client is alive, and asks whether the server is [MQTT 3.12].
@frozen
public struct Pingreq: BitwiseCopyable, Sendable {
  /// The one there is.
  @inlinable
  public init() {}

  /// How many octets the packet takes on the wire.
  @inlinable public var encodedSize: Int { 2 }

  /// Appends the packet; `outOfRoom` when it does not fit.
  @_lifetime(output: copy output)
  public func encode(into output: inout OutputRawSpan) throws(CodecError) {
    try output.appendFixedHeader(.pingreq, flags: 0, remainingLength: 0)
  }
}

/// PINGRESP: the server is alive [MQTT 3.13].
@frozen
public struct Pingresp: BitwiseCopyable, Sendable {
  /// The one there is.
  @inlinable
  public init() {}

  /// How many octets the packet takes on the wire.
  @inlinable public var encodedSize: Int { 2 }

  /// Appends the packet; `outOfRoom` when it does not fit.
  @_lifetime(output: copy output)
  public func encode(into output: inout OutputRawSpan) throws(CodecError) {
    try output.appendFixedHeader(.pingresp, flags: 0, remainingLength: 0)
  }
}
