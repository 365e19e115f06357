import ClientIO
import CommandKit
import MQTTClient
import MQTTCodec
import MQTTTerms

extension Subscriber {
  /// A request that is published once the subscription to its responses stands.
  struct Question {
    let topicName: [UInt8]
    let payload: [UInt8]
    let properties: PropertyList
    /// Whether it is told how long the response took.
    var measuresLatency = false

    /// Queues it.
    func send(
      _ stream: inout ClientStream, qos: QoS, _ trace: PacketTrace, _ output: inout StandardOutput
    ) throws(ClientError) {
      let identifier = try stream.publish(
        payload.span, to: topicName.span, qos: qos, isRetained: false, properties: properties)
      trace.sent(
        PacketTrace.publish(
          String(decoding: topicName, as: UTF8.self), size: payload.count, qos: qos,
          isRetained: false, isDuplicate: false, identifier), &output)
    }
  }
}
