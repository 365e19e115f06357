import MQTTTerms
import SessionLink
import Slabs

// What a client leaves with the broker for the case that it is lost [MQTT 3.1.2.5].
extension Broker {
  /// Keeps the will of a connection [MQTT5-3.1.2-7], or none [MQTT-3.1.2-12].
  mutating func setWill(of session: Int, _ request: borrowing SessionRequest) {
    // [SN 6.3] a will that belongs to the session is kept with it.
    if request.will == nil, request.traits.keepsWill { return }
    if let before = sessions[session].will.take() { messages.release(before.message) }
    guard let will = request.will else { return }
    // The properties stay as they came, in their order [MQTT5-3.1.3-10].
    let message = messages.insert(
      topic: will.message.topic, payload: will.message.payload,
      properties: will.message.properties, qos: will.message.qos)
    sessions[session].will = .init(
      message: message, isRetained: will.message.isRetained, delay: will.delay,
      expiry: will.message.expiry)
  }

  /// The client is lost: its will goes out at once [MQTT-3.1.2-8] [MQTT5-3.1.2-8], or waits for the
  /// client to come back [MQTT5-3.1.3-9], but no longer than the session lives.
  mutating func startWill(of session: Int, _ commands: inout CommandQueue) {
    guard let will = sessions[session].will else { return }
    if will.delay == 0 || sessions[session].expiry == 0 {
      publishWill(of: session, &commands)
    } else {
      sessions[session].will?.dueAt = clock + UInt64(will.delay) * 1000
    }
  }

  /// Publishes a session's will, if that is allowed still, and forgets it [MQTT-3.1.2-10]
  /// [MQTT5-3.1.2-10].
  mutating func publishWill(of session: Int, _ commands: inout CommandQueue) {
    guard let will = takeWill(of: session) else { return }
    let topic = messages.copyOfTopic(of: will.message)
    guard mayDo(.will, topic.span, session) else {
      deny(.will, topic.span, session)
      return messages.release(will.message)
    }
    messages.setExpiry(of: will.message, at: end(of: will.expiry))
    // [MQTT-3.1.2-16], [MQTT-3.1.2-17] [MQTT5-3.1.2-14] [MQTT5-3.1.2-15]
    if will.isRetained { keep(stored: will.message, of: sessions[session].identity) }
    distribute(stored: will.message, from: session, isRetained: will.isRetained, &commands)
  }

  /// Whether the will outlives the connection with its session.
  func keepsWill(_ session: Int) -> Bool {
    sessions[session].traits.keepsWill && sessions[session].expiry != 0
  }

  /// The will that is to be published, with a reference to its message. One that belongs to the
  /// session stays there too.
  private mutating func takeWill(of session: Int) -> Session.Will? {
    guard keepsWill(session), let will = sessions[session].will else {
      return sessions[session].will.take()
    }
    sessions[session].will?.dueAt = nil
    messages.retain(will.message)
    return will
  }
}
