import MQTTCodec
import MQTTTerms
import SessionLink

// What time demands.
extension Bridge {
  /// Does what is due.
  public mutating func advance<H: Hub & ~Copyable>(
    to now: LinkTime, hub: inout H, commands: inout CommandQueue
  ) {
    clock = now
    switch phase {
    case .resting where options.start != .lazy && restsUntil <= now:
      connectOrPrepare(&hub, &commands)
    case .resting where !isKnown && restsUntil <= now: prepare(&hub, &commands)
    case .dialing, .calling, .connected: advanceConnection(&hub, &commands)
    case .preparing, .resting, .finished: break
    }
  }

  private mutating func connectOrPrepare<H: Hub & ~Copyable>(
    _ hub: inout H, _ commands: inout CommandQueue
  ) {
    if isKnown { dial() } else { prepare(&hub, &commands) }
  }

  private mutating func advanceConnection<H: Hub & ~Copyable>(
    _ hub: inout H, _ commands: inout CommandQueue
  ) {
    if let answerBy, answerBy <= clock { return giveUp(&hub, &commands) }
    guard phase == .connected else { return }
    if let pongBy, pongBy <= clock { return end(.noAnswer("PINGRESP"), &hub, &commands) }
    if isIdle {
      notice(.idle)
      leave(&hub, &commands)
      restsUntil = clock
      return
    }
    if let at = probesAt, at <= clock {
      probesAt = nil
      probeRequest = 0
    }
    if let at = pingsAt, at <= clock { ping() }
  }

  /// The remote broker has not answered.
  private mutating func giveUp<H: Hub & ~Copyable>(
    _ hub: inout H, _ commands: inout CommandQueue
  ) {
    switch phase {
    case .dialing:
      mustHangUp = true
      dialFailed("no answer in time", at: clock)
    case .calling: end(.noAnswer("CONNACK"), &hub, &commands)
    default:
      end(
        .noAnswer(requests.step == .subscribing ? "SUBACK" : "UNSUBACK"), &hub, &commands)
    }
  }

  /// Whether a lazy bridge has nothing more to do.
  private var isIdle: Bool {
    options.start == .lazy && clock >= usedAt + options.idleTimeout
  }

  /// When the remote broker is asked whether it is there: when it has sent nothing for a while
  /// [MQTT 3.1.2.10], or was sent nothing [MQTT-3.1.2-23].
  private var pingsAt: LinkTime? {
    guard phase == .connected, pongBy == nil, connection.keepAlive > 0 else { return nil }
    return min(sentAt, connection.lastHeard) + LinkTime(connection.keepAlive) * 1000
  }

  private mutating func ping() {
    pongBy = clock + answerTime
    send(room: 2) { (output) throws(CodecError) in try Pingreq().encode(into: &output) }
  }

  /// When `advance` has something to do.
  public var nextDeadline: LinkTime? {
    switch phase {
    case .preparing, .finished: return nil
    // A lazy one is woken by what waits for it, from then on.
    case .resting where options.start == .lazy && isKnown:
      return restsUntil > clock ? restsUntil : nil
    case .resting: return restsUntil
    case .dialing, .calling: return answerBy
    case .connected:
      var earliest = LinkTime.max
      if let answerBy { earliest = min(earliest, answerBy) }
      if let pongBy { earliest = min(earliest, pongBy) }
      if let at = pingsAt { earliest = min(earliest, at) }
      if let at = probesAt { earliest = min(earliest, at) }
      if options.start == .lazy { earliest = min(earliest, usedAt + options.idleTimeout) }
      return earliest == .max ? nil : earliest
    }
  }
}
