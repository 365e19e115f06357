import MQTTTerms
import WireBytes

/// WILLTOPICREQ: the gateway asks for the will topic [SN 5.4.6].
@frozen
public struct WillTopicRequest: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// A WILLTOPICREQ, which has no fields.
  @inlinable
  public init() {}

  /// Decodes the body of a WILLTOPICREQ, which must be empty.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) { try requireBody(body, of: 0) }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .willTopicRequest }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 0 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {}
}

/// WILLTOPIC: the topic of the client's will, or that there is none [SN 5.4.7].
@frozen
public struct WillTopic: EncodableMessage, ~Escapable {
  /// The QoS at which the will is published.
  public let qos: QoS
  /// Whether the will is retained.
  public let isRetained: Bool
  /// The topic name; empty stands for no will.
  public let topicName: Span<UInt8>

  /// A WILLTOPIC with these fields.
  @inlinable
  @_lifetime(copy topicName)
  public init(topicName: Span<UInt8>, qos: QoS, isRetained: Bool) {
    self.qos = qos
    self.isRetained = isRetained
    self.topicName = topicName
  }

  /// Decodes the body of a WILLTOPIC. Flags without a name are taken for no will, too.
  ///
  /// Errors: `reservedFlags` for QoS −1, `malformedString`.
  @_lifetime(copy body)
  public init(body: Span<UInt8>) throws(CodecError) {
    let flags = Flags(rawValue: body.isEmpty ? 0 : body[0])
    topicName = body.extracting(droppingFirst: 1)
    isRetained = flags.contains(.retain)
    guard let qos = flags.qos else { throw .reservedFlags }
    self.qos = qos
    guard isWellFormedString(topicName) else { throw .malformedString }
  }

  /// Whether the client has, or keeps, no will.
  @inlinable public var isNoWill: Bool { topicName.isEmpty }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .willTopic }
  /// The octets of the body.
  @inlinable public var bodySize: Int { isNoWill ? 0 : 1 + topicName.count }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    guard !isNoWill else { return }
    output.append(Flags(qos).with(.retain, if: isRetained).rawValue)
    output.append(bytes: topicName)
  }
}

/// WILLMSGREQ: the gateway asks for the will message [SN 5.4.8].
@frozen
public struct WillMessageRequest: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// A WILLMSGREQ, which has no fields.
  @inlinable
  public init() {}

  /// Decodes the body of a WILLMSGREQ, which must be empty.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) { try requireBody(body, of: 0) }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .willMessageRequest }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 0 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {}
}

/// WILLMSG: the payload of the client's will [SN 5.4.9].
@frozen
public struct WillMessage: EncodableMessage, ~Escapable {
  /// The payload of the will; may be empty.
  public let payload: Span<UInt8>

  /// A WILLMSG with that payload.
  @inlinable
  @_lifetime(copy payload)
  public init(payload: Span<UInt8>) { self.payload = payload }

  /// Decodes the body of a WILLMSG.
  @inlinable
  @_lifetime(copy body)
  public init(body: Span<UInt8>) throws(CodecError) { payload = body }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .willMessage }
  /// The octets of the body.
  @inlinable public var bodySize: Int { payload.count }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) { output.append(bytes: payload) }
}
