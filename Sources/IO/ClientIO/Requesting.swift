import MQTTClient
import MQTTTerms
import Reactor
import Streams

extension ClientStream {
  /// Queues a message; see `Client.publish`.
  @discardableResult
  public mutating func publish(
    _ payload: Span<UInt8>, to topicName: Span<UInt8>, qos: QoS, isRetained: Bool
  ) throws(ClientError) -> PacketIdentifier {
    var identifier = PacketIdentifier.none
    // Fixed header, the topic's length and the Packet Identifier take 9 octets at most.
    let size = 9 + topicName.count + payload.count
    try output.withOutput(of: size, from: &pool) { (output) throws(ClientError) in
      identifier = try client.publish(
        payload, to: topicName, qos: qos, isRetained: isRetained, into: &output)
    }
    return identifier
  }

  /// Queues a subscription; see `Client.subscribe`.
  @discardableResult
  public mutating func subscribe(
    to topicFilter: Span<UInt8>, qos: QoS
  ) throws(ClientError) -> PacketIdentifier {
    var identifier = PacketIdentifier.none
    // Fixed header, Packet Identifier, the filter's length and its QoS.
    let size = 10 + topicFilter.count
    try output.withOutput(of: size, from: &pool) { (output) throws(ClientError) in
      identifier = try client.subscribe(to: topicFilter, qos: qos, into: &output)
    }
    return identifier
  }
}
