import MQTTCodec
import MQTTTerms

/// What the server said in its CONNACK about what it takes; before 5.0, and where it said nothing,
/// everything [MQTT5 3.2.2.3].
public struct ServerLimits: BitwiseCopyable, Sendable {
  /// How many messages of QoS 1 and 2 may be unacknowledged (1...65,535).
  public private(set) var receiveMaximum = UInt16.max
  /// The highest Quality of Service of a message.
  public private(set) var maximumQoS = QoS.exactlyOnce
  /// Whether messages may be retained.
  public private(set) var isRetainAvailable = true
  /// The largest packet in octets (1...4,294,967,295).
  public private(set) var maximumPacketSize = UInt32.max
  /// The highest Topic Alias; 0 allows none.
  public private(set) var topicAliasMaximum: UInt16 = 0
  /// Whether Topic Filters may have wildcards.
  public private(set) var takesWildcards = true
  /// Whether subscriptions may have identifiers.
  public private(set) var takesSubscriptionIdentifiers = true
  /// Whether subscriptions may be shared.
  public private(set) var takesSharedSubscriptions = true
  /// The keep alive in seconds that replaces the client's.
  public private(set) var keepAlive: UInt16?

  /// No limits.
  init() {}

  /// The limits among the properties of a CONNACK.
  init(_ properties: Properties) throws(CodecError) {
    var rest = properties
    while let property = try rest.next() { note(property) }
  }

  private mutating func note(_ property: Property) {
    switch property {
    case .receiveMaximum(let number): receiveMaximum = number
    case .maximumQoS(let qos): maximumQoS = qos
    case .retainAvailable(let flag): isRetainAvailable = flag
    case .maximumPacketSize(let size): maximumPacketSize = size
    case .topicAliasMaximum(let number): topicAliasMaximum = number
    case .wildcardSubscriptionAvailable(let flag): takesWildcards = flag
    case .subscriptionIdentifierAvailable(let flag): takesSubscriptionIdentifiers = flag
    case .sharedSubscriptionAvailable(let flag): takesSharedSubscriptions = flag
    case .serverKeepAlive(let seconds): keepAlive = seconds
    default: break
    }
  }
}

extension Client {
  /// Takes back what was appended after `start` where the server does not take so large a packet.
  @_lifetime(output: copy output)
  func checkSize(
    _ output: inout OutputRawSpan, since start: Int
  ) throws(ClientError) {
    let size = output.byteCount - start
    // [MQTT5-3.2.2-15] [MQTT5-3.14.2-3] [MQTT5-3.14.2-4] [MQTT5-3.15.2-2] [MQTT5-3.15.2-3]
    if UInt32(truncatingIfNeeded: size) <= limits.maximumPacketSize { return }
    output.removeLast(size)
    throw .packetTooLarge
  }
}
