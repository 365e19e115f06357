import MQTTSNCodec
import MQTTTerms

extension Client {
  /// Takes a datagram from the gateway that arrived at `now`, and returns what it brought for the
  /// application. What is no message, or answers nothing, is dropped.
  @discardableResult
  @_lifetime(copy datagram)
  public mutating func receive(_ datagram: Span<UInt8>, at now: TickTime) -> Arrival {
    self.now = now
    do throws(CodecError) {
      let frame = try Frame(datagram)
      switch frame.type {
      case .publish:
        let message = try Publish(body: frame.body)
        restartWaking()
        if receive(message) { return .message(message) }
      case .register:
        let message = try Register(body: frame.body)
        restartWaking()
        if receive(message) { return .topic(message) }
      default: try receive(frame.type, frame.body)
      }
    } catch {
      malformedDatagrams &+= 1
    }
    return .nothing
  }

  /// What concerns the client only.
  private mutating func receive(
    _ type: MessageType, _ body: Span<UInt8>
  ) throws(CodecError) {
    switch type {
    case .connack: receive(try Connack(body: body))
    case .willTopicRequest where Abilities.hasWill: want(.willTopicWanted)
    case .willMessageRequest where Abilities.hasWill: want(.willMessageWanted)
    case .regack: receive(try Regack(body: body))
    case .puback: receive(try Puback(body: body))
    case .pubrec where window > 0: receive(try Pubrec(body: body))
    case .pubrel where window > 0: receive(try Pubrel(body: body))
    case .pubcomp where window > 0: receive(try Pubcomp(body: body))
    case .suback: receive(try Suback(body: body))
    case .unsuback where Abilities.unsubscribes: receive(try Unsuback(body: body))
    case .willTopicResponse where Abilities.hasWill:
      receive(try WillTopicResponse(body: body))
    case .willMessageResponse where Abilities.hasWill:
      receive(try WillMessageResponse(body: body))
    case .pingreq: _ = answer(Reply(.pingresp))
    case .pingresp: receivePingresp()
    case .disconnect: receiveDisconnect()
    default: break
    }
  }

  /// Tells the time. What is overdue then waits for `nextTransmit`, or is an event.
  public mutating func advance(to now: TickTime) {
    self.now = now
    advanceRequest()
    advanceKeepAlive()
  }

  /// When `advance` has something to do; nil when there is nothing to wait for.
  public var nextDeadline: TickTime? {
    let retry = request != nil && !isDue ? retryTime : nil
    guard isSupervised, !isPingDue else { return retry }
    guard let retry, !pingTime.isReached(at: retry) else { return pingTime }
    return retry
  }
}
