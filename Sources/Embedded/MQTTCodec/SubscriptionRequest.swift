import MQTTTerms
import WireBytes

/// Whether retained messages are sent when a subscription is made [MQTT5 3.8.3.1].
@frozen
public enum RetainHandling: UInt8, BitwiseCopyable, Sendable {
  /// Whenever it is made: what 3.1 and 3.1.1 do.
  case send = 0
  /// Only if it did not exist yet.
  case sendIfNew = 1
  /// Never.
  case doNotSend = 2
}

/// What a subscription wants, apart from its Topic Filter [MQTT5 3.8.3.1].
@frozen
public struct SubscriptionOptions: BitwiseCopyable, Sendable, Equatable {
  /// The Requested QoS; in 5.0 Maximum QoS.
  public var qos: QoS
  /// Whether the client's own messages stay away; only in 5.0.
  public var isNoLocal: Bool
  /// Whether messages keep the RETAIN flag of their publisher; only in 5.0.
  public var isRetainAsPublished: Bool
  /// Whether retained messages are sent; only in 5.0.
  public var retainHandling: RetainHandling

  /// Options of those parts.
  @inlinable
  public init(
    qos: QoS, isNoLocal: Bool = false, isRetainAsPublished: Bool = false,
    retainHandling: RetainHandling = .send
  ) {
    self.qos = qos
    self.isNoLocal = isNoLocal
    self.isRetainAsPublished = isRetainAsPublished
    self.retainHandling = retainHandling
  }

  /// The options of an octet of 5.0.
  init(rawValue: UInt8) throws(CodecError) {
    // [MQTT5-3.8.3-5]
    guard rawValue & 0xC0 == 0 else { throw .malformedSubscriptionOptions }
    guard let qos = QoS(rawValue: rawValue & 3),
      let retainHandling = RetainHandling(rawValue: rawValue >> 4)
    else { throw .invalidSubscriptionOptions }
    // [MQTT5 3.8.3.1]
    self.init(
      qos: qos, isNoLocal: rawValue & 0x04 != 0, isRetainAsPublished: rawValue & 0x08 != 0,
      retainHandling: retainHandling)
  }

  /// The options of an octet of 3.1 and 3.1.1.
  init(requestedQoS octet: UInt8) throws(CodecError) {
    // [MQTT-3.8.3-4]
    guard let qos = QoS(rawValue: octet) else { throw .malformedQoS }
    self.init(qos: qos)
  }

  /// The octet on the wire.
  func rawValue(version: ProtocolVersion) -> UInt8 {
    guard version == .mqtt50 else { return qos.rawValue }
    return qos.rawValue | (isNoLocal ? 0x04 : 0) | (isRetainAsPublished ? 0x08 : 0)
      | retainHandling.rawValue << 4
  }
}

/// One entry of a SUBSCRIBE: a Topic Filter and the most that is wanted [MQTT 3.8.3].
public struct SubscriptionRequest: ~Escapable, BitwiseCopyable {
  /// The Topic Filter.
  public var topicFilter: Span<UInt8>
  /// What is wanted; before 5.0 only a QoS.
  public var options: SubscriptionOptions

  /// A request of those parts.
  @_lifetime(copy topicFilter)
  public init(topicFilter: Span<UInt8>, options: SubscriptionOptions) {
    self.topicFilter = topicFilter
    self.options = options
  }

  /// A request for that QoS.
  @_lifetime(copy topicFilter)
  public init(topicFilter: Span<UInt8>, qos: QoS) {
    self.init(topicFilter: topicFilter, options: SubscriptionOptions(qos: qos))
  }

  /// The Requested QoS.
  public var qos: QoS { options.qos }

  /// How many octets the entry takes on the wire.
  public func encodedSize(version: ProtocolVersion) -> Int { 2 + topicFilter.count + 1 }

  /// Appends the entry; `tooLong`, `outOfRoom` or `invalidSubscriptionOptions` when it cannot be.
  @_lifetime(output: copy output)
  public func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion
  ) throws(CodecError) {
    try check()
    guard topicFilter.count <= topicMaximumLength else { throw .tooLong }
    guard output.freeCapacity >= encodedSize(version: version) else { throw .outOfRoom }
    output.append(lengthPrefixed: topicFilter)
    output.append(options.rawValue(version: version))
  }

  /// Throws `invalidSubscriptionOptions` where the options contradict the Topic Filter.
  public func check() throws(CodecError) {
    // [MQTT5-3.8.3-4]
    guard !options.isNoLocal || !isShared else { throw .invalidSubscriptionOptions }
  }

  /// Whether the Topic Filter starts with "$share/" [MQTT5 4.8.2].
  public var isShared: Bool { hasShareLevel(topicFilter) }
}
