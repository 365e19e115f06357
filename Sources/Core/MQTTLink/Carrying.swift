import MQTTCodec
import MQTTTerms
import SessionLink
import Slabs

/// The properties of a PUBLISH or a will, sorted by what becomes of them.
struct CarriedProperties: ~Escapable {
  /// What travels on as it came: Payload Format Indicator, Content Type, Response Topic, Correlation
  /// Data, User Properties, in their order.
  let properties: Span<UInt8>
  /// The Message Expiry Interval; `UInt32.max` for none.
  let expiry: UInt32
  /// The Will Delay Interval.
  let willDelay: UInt32
  /// The Topic Alias; 0 for none.
  let alias: UInt16
  /// Whether the Payload Format Indicator says text.
  let isText: Bool
  /// Whether there is a Subscription Identifier, which only a server sends.
  let hasSubscriptionIdentifier: Bool

  @_lifetime(copy properties)
  init(
    properties: Span<UInt8>, expiry: UInt32, willDelay: UInt32, alias: UInt16, isText: Bool,
    hasSubscriptionIdentifier: Bool
  ) {
    self.properties = properties
    self.expiry = expiry
    self.willDelay = willDelay
    self.alias = alias
    self.isText = isText
    self.hasSubscriptionIdentifier = hasSubscriptionIdentifier
  }
}

extension Connection {
  /// Sorts properties [MQTT5-3.3.2-4], [MQTT5-3.3.2-15], [MQTT5-3.3.2-16], [MQTT5-3.3.2-17],
  /// [MQTT5-3.3.2-18], [MQTT5-3.3.2-20]. Where some do not travel on, the others are copied to a
  /// place that stays as it is until the next packet is read.
  @_lifetime(copy all)
  mutating func carry(_ all: Properties) -> CarriedProperties {
    var expiry = UInt32.max
    var willDelay: UInt32 = 0
    var alias: UInt16 = 0
    var isText = false
    var isMarked = false
    var staysBehind = false
    guard !all.isEmpty else {
      return CarriedProperties(
        properties: all.bytes, expiry: .max, willDelay: 0, alias: 0, isText: false,
        hasSubscriptionIdentifier: false)
    }
    emptyCarried()
    var rest = all
    while true {
      let before = rest.bytes
      guard let property = rest.nextChecked() else { break }
      switch property {
      // The largest number would mean "for ever", and the property would get lost.
      case .messageExpiryInterval(let seconds): expiry = min(seconds, .max - 1)
      case .willDelayInterval(let seconds): willDelay = seconds
      case .topicAlias(let number): alias = number
      case .subscriptionIdentifier: isMarked = true
      case .payloadFormatIndicator(let flag):
        isText = flag
        extras[].carried.append(contentsOf: before.extracting(0..<before.count - rest.bytes.count))
        continue
      default:
        extras[].carried.append(contentsOf: before.extracting(0..<before.count - rest.bytes.count))
        continue
      }
      staysBehind = true
    }
    let copied = _overrideLifetime(extras[].carried.span, copying: all)
    return CarriedProperties(
      properties: staysBehind ? copied : all.bytes, expiry: expiry, willDelay: willDelay,
      alias: alias, isText: isText, hasSubscriptionIdentifier: isMarked)
  }

  /// Makes room for the properties of one message.
  private mutating func emptyCarried() {
    makeExtras()
    // One message of a peer's is not to hold its room for ever.
    if extras[].carried.count > 4096 {
      extras[].carried = Slab()
    } else {
      extras[].carried.removeAll()
    }
  }

  /// Whether a packet has more properties than it may have.
  func hasTooMany(_ properties: Properties) -> Bool {
    // A property takes two octets at least.
    properties.bytes.count > 2 * limits.propertiesPerPacket
      && properties.count > limits.propertiesPerPacket
  }
}
