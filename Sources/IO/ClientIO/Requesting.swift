import MQTTClient
import MQTTCodec
import MQTTTerms
import Reactor
import Streams

extension ClientStream {
  /// How many octets stand before the properties of a request at most: fixed header, the topic's
  /// length, Packet Identifier, Property Length, Subscription Options.
  private static var overhead: Int { 14 }

  /// Queues a message; see `Client.publish`.
  @discardableResult
  public mutating func publish(
    _ payload: Span<UInt8>, to topicName: Span<UInt8>, qos: QoS, isRetained: Bool,
    properties: PropertyList = PropertyList()
  ) throws(ClientError) -> PacketIdentifier {
    var identifier = PacketIdentifier.none
    let octets = properties.octets
    let size = ClientStream.overhead + topicName.count + octets.count + payload.count
    try output.withOutput(of: size, from: &pool) { (output) throws(ClientError) in
      identifier = try client.publish(
        payload, to: topicName, qos: qos, isRetained: isRetained,
        properties: Properties(octets.span), into: &output)
    }
    return identifier
  }

  /// Queues a message again for which `ClientEvent.resend` asked; see `Client.resend`.
  public mutating func resend(
    _ identifier: PacketIdentifier, _ payload: Span<UInt8>, to topicName: Span<UInt8>,
    isRetained: Bool, properties: PropertyList = PropertyList()
  ) throws(ClientError) {
    let octets = properties.octets
    let size = ClientStream.overhead + topicName.count + octets.count + payload.count
    try output.withOutput(of: size, from: &pool) { (output) throws(ClientError) in
      try client.resend(
        identifier, payload, to: topicName, isRetained: isRetained,
        properties: Properties(octets.span), into: &output)
    }
  }

  /// Queues a subscription; see `Client.subscribe`.
  @discardableResult
  public mutating func subscribe(
    to topicFilter: Span<UInt8>, qos: QoS
  ) throws(ClientError) -> PacketIdentifier {
    try subscribe(to: topicFilter, options: SubscriptionOptions(qos: qos))
  }

  /// Queues a subscription with what 5.0 has for it; see `Client.subscribe`.
  @discardableResult
  public mutating func subscribe(
    to topicFilter: Span<UInt8>, options: SubscriptionOptions,
    properties: PropertyList = PropertyList()
  ) throws(ClientError) -> PacketIdentifier {
    var identifier = PacketIdentifier.none
    let octets = properties.octets
    let size = ClientStream.overhead + topicFilter.count + octets.count
    try output.withOutput(of: size, from: &pool) { (output) throws(ClientError) in
      identifier = try client.subscribe(
        to: topicFilter, options: options, properties: Properties(octets.span), into: &output)
    }
    return identifier
  }

  /// Queues the end of a subscription; see `Client.unsubscribe`.
  @discardableResult
  public mutating func unsubscribe(
    from topicFilter: Span<UInt8>, properties: PropertyList = PropertyList()
  ) throws(ClientError) -> PacketIdentifier {
    var identifier = PacketIdentifier.none
    let octets = properties.octets
    let size = ClientStream.overhead + topicFilter.count + octets.count
    try output.withOutput(of: size, from: &pool) { (output) throws(ClientError) in
      identifier = try client.unsubscribe(
        from: topicFilter, properties: Properties(octets.span), into: &output)
    }
    return identifier
  }

  /// Queues a step of an authentication exchange; see `Client.authenticate`.
  public mutating func authenticate(
    _ reasonCode: ReasonCode, properties: PropertyList
  ) throws(ClientError) {
    let octets = properties.octets
    let size = ClientStream.overhead + octets.count
    try output.withOutput(of: size, from: &pool) { (output) throws(ClientError) in
      try client.authenticate(reasonCode, properties: Properties(octets.span), into: &output)
    }
  }
}
