import MQTTTerms
import WireBytes

/// What a SUBSCRIBE or UNSUBSCRIBE names [SN 5.4.15].
@frozen
public enum SubscriptionTopic: ~Escapable {
  /// A topic name or filter: at least one octet of UTF-8. Its wildcards are not looked at here.
  case name(Span<UInt8>)
  /// A topic id that both sides know beforehand.
  case predefined(UInt16)
  /// A short topic name: its two octets, the first one high.
  case short(UInt16)
  /// Nothing that can be subscribed to; to be answered with `notSupported`, never with silence.
  case malformed

  /// What the octets after the MsgId mean under that TopicIdType.
  @_lifetime(copy octets)
  init(_ flags: Flags, _ octets: Span<UInt8>) {
    switch flags.topicIDType {
    case .normal where !octets.isEmpty && isWellFormedString(octets): self = .name(octets)
    case .predefined where octets.count == 2: self = .predefined(bigEndian(octets, at: 0))
    case .short where octets.count == 2 && isWellFormedString(octets):
      self = .short(bigEndian(octets, at: 0))
    default: self = .malformed
    }
  }

  /// The TopicIdType that goes with it; what is malformed has the reserved value 3.
  @inlinable var typeBits: UInt8 {
    switch self {
    case .name: 0
    case .predefined: 1
    case .short: 2
    case .malformed: 3
    }
  }

  /// The octets on the wire.
  @inlinable var size: Int {
    switch self {
    case .name(let name): name.count
    case .predefined, .short: 2
    case .malformed: 0
    }
  }

  /// Appends the octets on the wire.
  @inlinable
  @_lifetime(output: copy output)
  func append(to output: inout OutputRawSpan) {
    switch self {
    case .name(let name): output.append(bytes: name)
    case .predefined(let octets), .short(let octets): output.append(bigEndian: octets)
    case .malformed: break
    }
  }
}

/// SUBSCRIBE: a client wants the messages of a topic [SN 5.4.15].
@frozen
public struct Subscribe: EncodableMessage, ~Escapable {
  /// Whether this repeats a SUBSCRIBE that was not acknowledged.
  public let isDuplicate: Bool
  /// The highest QoS that the client wants.
  public let qos: QoS
  /// The MsgId that the SUBACK repeats.
  public let messageID: PacketIdentifier
  /// The topic.
  public let topic: SubscriptionTopic

  /// A SUBSCRIBE with these fields.
  @inlinable
  @_lifetime(copy topic)
  public init(
    topic: consuming SubscriptionTopic, messageID: PacketIdentifier, qos: QoS,
    isDuplicate: Bool = false
  ) {
    self.isDuplicate = isDuplicate
    self.qos = qos
    self.messageID = messageID
    self.topic = topic
  }

  /// Decodes the body of a SUBSCRIBE. Errors: `truncated`, `reservedFlags` for QoS −1.
  @_lifetime(copy body)
  public init(body: Span<UInt8>) throws(CodecError) {
    guard body.count >= 3 else { throw .truncated }
    let flags = Flags(rawValue: body[0])
    guard let qos = flags.qos else { throw .reservedFlags }
    isDuplicate = flags.contains(.duplicate)
    self.qos = qos
    messageID = PacketIdentifier(bigEndian(body, at: 1))
    topic = SubscriptionTopic(flags, body.extracting(droppingFirst: 3))
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .subscribe }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 3 + topic.size }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    let flags = Flags(qos).with(.duplicate, if: isDuplicate)
    output.append(flags.rawValue | topic.typeBits)
    output.append(bigEndian: messageID.rawValue)
    topic.append(to: &output)
  }
}

/// SUBACK: the gateway's answer to SUBSCRIBE [SN 5.4.16].
@frozen
public struct Suback: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// The QoS that was granted.
  public var qos: QoS
  /// The id of the topic; 0 for a filter with a wildcard, no meaning for a short name.
  public var topicID: UInt16
  /// The MsgId of the SUBSCRIBE.
  public var messageID: PacketIdentifier
  /// Whether the subscription was accepted.
  public var returnCode: ReturnCode

  /// A SUBACK with these fields.
  @inlinable
  public init(qos: QoS, topicID: UInt16, messageID: PacketIdentifier, returnCode: ReturnCode) {
    self.qos = qos
    self.topicID = topicID
    self.messageID = messageID
    self.returnCode = returnCode
  }

  /// Decodes the body of a SUBACK; only the QoS of its Flags is looked at. Errors:
  /// `reservedFlags` for QoS −1.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) {
    try requireBody(body, of: 6)
    guard let qos = Flags(rawValue: body[0]).qos else { throw .reservedFlags }
    self.init(
      qos: qos, topicID: bigEndian(body, at: 1),
      messageID: PacketIdentifier(bigEndian(body, at: 3)),
      returnCode: ReturnCode(rawValue: body[5]))
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .suback }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 6 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    output.append(Flags(qos).rawValue)
    output.append(bigEndian: topicID)
    output.append(bigEndian: messageID.rawValue)
    output.append(returnCode.rawValue)
  }
}
