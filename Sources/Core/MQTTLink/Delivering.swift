import MQTTCodec
import MQTTTerms
import SessionLink
import Slabs
import WireBytes

/// A message on its way to peers, as the store keeps it.
public struct StoredMessage: ~Escapable {
  /// The Topic Name.
  public let topic: Span<UInt8>
  /// The Application Message.
  public let payload: Span<UInt8>
  /// The properties that travel along.
  public let properties: Span<UInt8>
  /// How many seconds of its life are left; `UInt32.max` for ever [MQTT5-3.3.2-6].
  public let secondsLeft: UInt32

  /// The message as it is at `now`, without the first `skipped` octets of its topic, of which there
  /// must be more.
  @_lifetime(borrow store)
  public init(
    _ message: MessageID, of store: borrowing MessageStore, at now: LinkTime,
    skipping skipped: Int = 0
  ) {
    let topic = store.topic(of: message)
    self.topic = topic.extracting(skipped..<topic.count)
    payload = store.payload(of: message)
    properties = store.properties(of: message)
    secondsLeft = Self.secondsLeft(until: store.expiresAt(message), at: now)
  }
}

extension StoredMessage {
  /// The message as it is at `now`, under another Topic Name.
  @_lifetime(copy topic, borrow store)
  public init(
    _ message: MessageID, of store: borrowing MessageStore, as topic: Span<UInt8>,
    at now: LinkTime
  ) {
    self.topic = topic
    payload = store.payload(of: message)
    properties = store.properties(of: message)
    secondsLeft = Self.secondsLeft(until: store.expiresAt(message), at: now)
  }

  static func secondsLeft(until end: LinkTime, at now: LinkTime) -> UInt32 {
    guard end != .max else { return .max }
    return end > now ? UInt32(clamping: (end - now - 1) / 1000 + 1) : 0
  }
}

/// A delivery as a packet before 5.0: what the store keeps, and what differs from recipient to
/// recipient.
@_lifetime(copy topic)
@inline(__always)
func header(
  _ topic: Span<UInt8>, payloadSize: Int, _ recipient: Recipient
) -> PublishHeader {
  PublishHeader(
    topicName: topic, payloadSize: payloadSize, qos: recipient.qos,
    isRetained: recipient.flags.contains(.retained), packetIdentifier: recipient.packetID,
    isDuplicate: recipient.flags.contains(.duplicate))
}

extension Connection {
  /// The room that a delivery before 5.0 needs at most, in octets.
  @inlinable
  public static func deliveryRoom(topic: Span<UInt8>, payload: Span<UInt8>) -> Int {
    // Fixed header of at most 5, length of the topic 2, Packet Identifier 2.
    topic.count + payload.count + 9
  }

  /// Writes a delivery before 5.0 [MQTT 3.3].
  @_lifetime(output: copy output)
  public static func encodeDelivery(
    topic: Span<UInt8>, payload: Span<UInt8>, to recipient: Recipient, _ version: ProtocolVersion,
    into output: inout OutputRawSpan
  ) throws(CodecError) {
    let header = header(topic, payloadSize: payload.count, recipient)
    try header.encode(into: &output, version: version, reserving: payload.count)
    output.append(bytes: payload)
  }

  /// The room that a delivery of 5.0 needs at most, in octets.
  public static func deliveryRoom(
    of message: borrowing StoredMessage, identifiers: Span<UInt32>
  ) -> Int {
    // Fixed header 5, lengths of topic 2 and properties 4, Packet Identifier 2, Message Expiry
    // Interval 5, Topic Alias 3; 5 for each Subscription Identifier.
    message.topic.count + message.payload.count + message.properties.count + 21
      + 5 * max(identifiers.count, 1)
  }

  /// Writes a delivery of 5.0 [MQTT5 3.3]. False, with nothing written, when the packet is larger
  /// than the peer takes [MQTT5-3.1.2-24].
  @_lifetime(output: copy output)
  public mutating func encodeDelivery5(
    _ message: borrowing StoredMessage, to recipient: Recipient, identifiers: Span<UInt32>,
    scratch: inout Slab<UInt8>, into output: inout OutputRawSpan
  ) throws(CodecError) -> Bool {
    let (known, next) = aliases(of: message.topic)
    if let alias = known ?? next {
      try writeLeading(message, recipient, identifiers, alias: alias, to: &scratch)
      let topic = known == nil ? message.topic : Span()
      let header = header5(message, recipient, scratch.span, topic: topic)
      if try write(header, message.payload, into: &output) {
        if known == nil { extras[].outgoingAliases.add(message.topic) }
        return true
      }
      // Without the alias it may still fit.
    }
    try writeLeading(message, recipient, identifiers, alias: nil, to: &scratch)
    let header = header5(message, recipient, scratch.span, topic: message.topic)
    return try write(header, message.payload, into: &output)
  }

  /// The Topic Alias of a topic, or the one that it would get.
  private func aliases(of topic: Span<UInt8>) -> (known: UInt16?, next: UInt16?) {
    guard usesTopicAliases else { return (nil, nil) }
    let known = extras[].outgoingAliases.alias(of: topic)
    return (known, known == nil ? extras[].outgoingAliases.next : nil)
  }

  /// Writes a PUBLISH, unless it is larger than the peer takes.
  @_lifetime(output: copy output)
  private func write(
    _ header: PublishHeader, _ payload: Span<UInt8>, into output: inout OutputRawSpan
  ) throws(CodecError) -> Bool {
    // [MQTT5-3.1.2-24] [MQTT5-3.1.2-25]
    guard header.packetSize(version: version) <= Int(maximumPacketSize) else { return false }
    try header.encode(into: &output, version: version, reserving: payload.count)
    output.append(bytes: payload)
    return true
  }
}

/// A delivery as a packet of 5.0.
@_lifetime(copy message, copy leading, copy topic)
func header5(
  _ message: borrowing StoredMessage, _ recipient: Recipient, _ leading: Span<UInt8>,
  topic: Span<UInt8>
) -> PublishHeader {
  PublishHeader(
    topicName: topic, payloadSize: message.payload.count, qos: recipient.qos,
    isRetained: recipient.flags.contains(.retained), packetIdentifier: recipient.packetID,
    isDuplicate: recipient.flags.contains(.duplicate), leadingProperties: Properties(leading),
    properties: Properties(message.properties))
}

/// Writes the properties that are this delivery's own: Message Expiry Interval [MQTT5-3.3.2-6],
/// Subscription Identifiers [MQTT5-3.3.4-3] [MQTT5-3.3.4-4], Topic Alias.
func writeLeading(
  _ message: borrowing StoredMessage, _ recipient: Recipient, _ identifiers: Span<UInt32>,
  alias: UInt16?, to scratch: inout Slab<UInt8>
) throws(CodecError) {
  scratch.removeAll()
  let seconds = message.secondsLeft
  try scratch.write(room: 13 + 5 * identifiers.count) { (output) throws(CodecError) in
    if seconds != .max { try Property.messageExpiryInterval(seconds).encode(into: &output) }
    if let one = recipient.identifiers.one {
      try Property.subscriptionIdentifier(one).encode(into: &output)
    }
    for index in 0..<identifiers.count {
      try Property.subscriptionIdentifier(identifiers[index]).encode(into: &output)
    }
    if let alias { try Property.topicAlias(alias).encode(into: &output) }
  }
}
