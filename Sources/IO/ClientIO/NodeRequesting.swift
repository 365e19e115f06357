import MQTTSNClient
import MQTTSNCodec
import MQTTTerms

extension NodeStream {
  /// Asks for a session by the settings; see `Client.connect`.
  public mutating func connect() throws(ClientError) {
    let clientID = settings.clientIdentifier
    try client.connect(
      clientID: clientID.span, keepAlive: settings.keepAlive,
      isCleanSession: settings.isCleanSession, hasWill: settings.will != nil, at: .now())
    transmit()
  }

  /// Asks for the id of a topic; see `Client.register`.
  public mutating func register(_ name: [UInt8]) throws(ClientError) {
    try client.register(name.span, at: .now())
    transmit()
  }

  /// Publishes a message; see `Client.publish`. Errors: `outOfRoom` also where it is longer than the
  /// line's longest message.
  public mutating func publish(
    _ payload: [UInt8], to topic: TopicReference, qos: PublishQoS, isRetained: Bool
  ) throws(ClientError) {
    guard messageSize(bodySize: 5 + payload.count) <= line?.messageLimit ?? 0 else {
      throw .outOfRoom
    }
    try client.publish(payload.span, to: topic, qos: qos, isRetained: isRetained, at: .now())
    transmit()
  }

  /// Subscribes; see `Client.subscribe`.
  public mutating func subscribe(
    _ topic: consuming SubscriptionTopic, qos: QoS
  ) throws(ClientError) {
    try client.subscribe(topic, qos: qos, at: .now())
    transmit()
  }

  /// Ends a subscription; see `Client.unsubscribe`.
  public mutating func unsubscribe(
    _ topic: consuming SubscriptionTopic
  ) throws(ClientError) {
    try client.unsubscribe(topic, at: .now())
    transmit()
  }

  /// Goes to sleep for so many seconds; see `Client.fallAsleep`.
  public mutating func fallAsleep(for duration: UInt16) throws(ClientError) {
    try client.fallAsleep(for: duration, at: .now())
    transmit()
  }

  /// Wakes and takes what was kept; see `Client.wake`.
  public mutating func wake() throws(ClientError) {
    let clientID = settings.clientIdentifier
    try client.wake(clientID: clientID.span, at: .now())
    transmit()
  }

  /// Answers the gateway's question for the will.
  mutating func tellWill(_ event: ClientEvent) -> Bool {
    guard let will = settings.will else { return false }
    do throws(ClientError) {
      switch event {
      case .willTopicWanted:
        try client.tellWillTopic(
          will.topicName.span, qos: will.qos, isRetained: will.isRetained, at: .now())
      case .willMessageWanted: try client.tellWillMessage(will.payload.span, at: .now())
      default: return false
      }
    } catch { return false }
    return true
  }
}
