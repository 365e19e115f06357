import WireBytes

/// CONNECT: a client sets up a session [SN 5.4.4].
@frozen
public struct Connect: EncodableMessage, ~Escapable {
  /// Whether the gateway shall ask for a will.
  public let hasWill: Bool
  /// Whether subscriptions and will of an earlier session are dropped.
  public let isCleanSession: Bool
  /// 1 for MQTT-SN 1.1 and 1.2; anything else is to be refused with `notSupported`.
  public let protocolID: UInt8
  /// The keep alive in seconds; 0 stands for no supervision.
  public let duration: UInt16
  /// The client identifier: at least one octet of UTF-8. The text allows 23, peers send more.
  public let clientID: Span<UInt8>

  /// A CONNECT with these fields.
  @inlinable
  @_lifetime(copy clientID)
  public init(
    clientID: Span<UInt8>, duration: UInt16, isCleanSession: Bool, hasWill: Bool = false,
    protocolID: UInt8 = 1
  ) {
    self.hasWill = hasWill
    self.isCleanSession = isCleanSession
    self.protocolID = protocolID
    self.duration = duration
    self.clientID = clientID
  }

  /// Decodes the body of a CONNECT.
  ///
  /// Errors: `truncated` also for an empty client identifier, `malformedString`.
  @_lifetime(copy body)
  public init(body: Span<UInt8>) throws(CodecError) {
    guard body.count >= 5 else { throw .truncated }
    let flags = Flags(rawValue: body[0])
    hasWill = flags.contains(.will)
    isCleanSession = flags.contains(.cleanSession)
    protocolID = body[1]
    duration = bigEndian(body, at: 2)
    clientID = body.extracting(droppingFirst: 4)
    guard isWellFormedString(clientID) else { throw .malformedString }
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .connect }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 4 + clientID.count }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    let flags = Flags(rawValue: 0).with(.will, if: hasWill).with(.cleanSession, if: isCleanSession)
    output.append(flags.rawValue)
    output.append(protocolID)
    output.append(bigEndian: duration)
    output.append(bytes: clientID)
  }
}

/// CONNACK: the gateway's answer to CONNECT [SN 5.4.5].
@frozen
public struct Connack: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// Whether the client is connected.
  public var returnCode: ReturnCode

  /// A CONNACK with that code.
  @inlinable
  public init(returnCode: ReturnCode) { self.returnCode = returnCode }

  /// Decodes the body of a CONNACK.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) {
    try requireBody(body, of: 1)
    self.init(returnCode: ReturnCode(rawValue: body[0]))
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .connack }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 1 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) { output.append(returnCode.rawValue) }
}
