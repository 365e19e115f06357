import MQTTCodec
import MQTTTerms
import SessionLink

// Where it is told whether the bridge is connected: a retained "1" or "0".
extension Bridge {
  /// Whether the remote broker is told.
  var tellsThere: Bool { !options.notificationTopic.isEmpty && options.notifiesRemote }

  /// Tells the own broker.
  func notifyHere<H: Hub & ~Copyable>(
    isConnected: Bool, _ hub: inout H, _ commands: inout CommandQueue
  ) {
    guard !options.notificationTopic.isEmpty else { return }
    let payload: [UInt8] = [isConnected ? 0x31 : 0x30]
    hub.publish(
      topic: options.notificationTopic.span, payload: payload.span, isRetained: true,
      commands: &commands)
  }

  /// Tells the remote broker: at QoS 0, for Packet Identifiers are the session's.
  mutating func notifyThere(isConnected: Bool) {
    guard tellsThere else { return }
    let (topic, version) = (options.notificationTopic, options.version)
    let header = PublishHeader(
      topicName: topic.span, payloadSize: 1, qos: .atMostOnce, isRetained: retainsThere,
      packetIdentifier: .none)
    let size = header.packetSize(version: version)
    send(room: size) { (output) throws(CodecError) in
      try header.encode(into: &output, version: version, reserving: 1)
      output.append(isConnected ? 0x31 as UInt8 : 0x30)
    }
  }
}
