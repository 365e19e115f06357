import MQTTTerms
import WireBytes

/// PUBLISH: an application message [SN 5.4.12].
@frozen
public struct Publish: EncodableMessage, ~Escapable {
  /// DUP, QoS, Retain and TopicIdType as they stand on the wire.
  public let flags: Flags
  /// The topic: an assigned id, a pre-defined id, or a name of two octets.
  public let topic: TopicReference
  /// The MsgId; none at QoS 0 and −1.
  public let messageID: PacketIdentifier
  /// The application message; may be empty.
  public let payload: Span<UInt8>

  /// A PUBLISH with these fields.
  @inlinable
  @_lifetime(copy payload)
  public init(
    topic: TopicReference, messageID: PacketIdentifier, payload: Span<UInt8>,
    qos: PublishQoS, isRetained: Bool = false, isDuplicate: Bool = false
  ) {
    flags = Flags(qos).with(topic.type).with(.retain, if: isRetained)
      .with(.duplicate, if: isDuplicate)
    self.topic = topic
    self.messageID = messageID
    self.payload = payload
  }

  /// Decodes the body of a PUBLISH.
  ///
  /// Errors: `reservedFlags` for the TopicIdType 3, `malformedString` for a bad short name.
  @inlinable @inline(__always)
  @_lifetime(copy body)
  public init(body: Span<UInt8>) throws(CodecError) {
    guard body.count >= 5 else { throw .truncated }
    flags = Flags(rawValue: body[0])
    let octets = bigEndian(body, at: 1)
    switch flags.topicIDType {
    case .normal: topic = .normal(octets)
    case .predefined: topic = .predefined(octets)
    case .short:
      guard isWellFormedShortName(octets) else { throw .malformedString }
      topic = .short(octets)
    case nil: throw .reservedFlags
    }
    messageID = PacketIdentifier(bigEndian(body, at: 3))
    payload = body.extracting(droppingFirst: 5)
  }

  /// QoS −1, 0, 1 or 2.
  @inlinable public var qos: PublishQoS { flags.publishQoS }
  /// Whether the broker keeps the message as the topic's last one.
  @inlinable public var isRetained: Bool { flags.contains(.retain) }
  /// Whether this repeats a PUBLISH that was not acknowledged.
  @inlinable public var isDuplicate: Bool { flags.contains(.duplicate) }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .publish }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 5 + payload.count }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    output.append(flags.rawValue)
    output.append(bigEndian: topic.rawValue)
    output.append(bigEndian: messageID.rawValue)
    output.append(bytes: payload)
  }

  /// Appends the whole message to `output`, in one piece when its Length has one octet.
  ///
  /// Errors: `outOfRoom` when `output` has less than `encodedSize` octets free, `tooLong` when the
  /// message cannot have a Length. Nothing is written then.
  @inlinable
  @_lifetime(output: copy output)
  public func encode(into output: inout OutputRawSpan) throws(CodecError) {
    let size = payload.count &+ 7
    guard size <= 255, size <= output.freeCapacity else { return try encodeLong(into: &output) }
    let (topic, id) = (topic.rawValue, messageID.rawValue)
    output.append(
      [
        UInt8(truncatingIfNeeded: size), Publish.type.rawValue, flags.rawValue,
        UInt8(truncatingIfNeeded: topic >> 8), UInt8(truncatingIfNeeded: topic),
        UInt8(truncatingIfNeeded: id >> 8), UInt8(truncatingIfNeeded: id),
      ] as InlineArray<7, UInt8>, then: payload)
  }

  /// Appends the whole message with the 3-octet Length, or throws.
  @usableFromInline @inline(never)
  @_lifetime(output: copy output)
  func encodeLong(into output: inout OutputRawSpan) throws(CodecError) {
    try output.append(headerOf: Publish.type, bodySize: bodySize)
    appendBody(to: &output)
  }
}

/// PUBACK: the answer to PUBLISH at QoS 1, and at any QoS in error [SN 5.4.13].
@frozen
public struct Puback: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// The TopicId field of the request, or the id that it got.
  public var topicID: UInt16
  /// The MsgId of the request.
  public var messageID: PacketIdentifier
  /// Whether the request was accepted.
  public var returnCode: ReturnCode

  /// A PUBACK with these fields.
  @inlinable
  public init(topicID: UInt16, messageID: PacketIdentifier, returnCode: ReturnCode) {
    self.topicID = topicID
    self.messageID = messageID
    self.returnCode = returnCode
  }

  /// Decodes the body of a PUBACK.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) {
    try requireBody(body, of: 5)
    self.init(
      topicID: bigEndian(body, at: 0), messageID: PacketIdentifier(bigEndian(body, at: 2)),
      returnCode: ReturnCode(rawValue: body[4]))
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .puback }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 5 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    output.append(bigEndian: topicID)
    output.append(bigEndian: messageID.rawValue)
    output.append(returnCode.rawValue)
  }
}
