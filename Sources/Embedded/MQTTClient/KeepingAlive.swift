import MQTTCodec
import MQTTTerms

/// Whether the two sides still hear each other [MQTT 3.1.2.10].
struct Liveness: BitwiseCopyable {
  /// After how many milliseconds of silence a PINGREQ is due; 0 when never.
  private var interval: UInt32 = 0
  private var lastSent = TickTime(milliseconds: 0)
  private var lastReceived = TickTime(milliseconds: 0)
  /// By when the server must have answered.
  private var answerDeadline: TickTime?
  private(set) var owesPingreq = false

  /// Of no connection.
  init() {}

  /// Of a connection that starts now with a Keep Alive of so many seconds.
  init(keepAlive: UInt16, at now: TickTime) {
    lastSent = now
    lastReceived = now
    setKeepAlive(keepAlive)
  }

  mutating func setKeepAlive(_ seconds: UInt16) {
    // [MQTT-3.1.2-23] [MQTT5-3.1.2-20] A quarter early, so that a slow line does not make it late.
    interval = UInt32(truncatingIfNeeded: seconds) * 750
  }

  mutating func sent(at now: TickTime) { lastSent = now }

  mutating func received(at now: TickTime, answerBy deadline: TickTime) {
    lastReceived = now
    if answerDeadline != nil { answerDeadline = deadline }
  }

  mutating func expectAnswer(by deadline: TickTime) { answerDeadline = deadline }

  mutating func answered() { answerDeadline = nil }

  mutating func pingreqSent(at now: TickTime) {
    owesPingreq = false
    lastSent = now
  }

  /// Asks for a PINGREQ when either side has been silent for too long.
  mutating func oweIfSilent(at now: TickTime, answerBy deadline: TickTime) {
    guard let due = pingDeadline, due.isReached(at: now) else { return }
    owesPingreq = true
    answerDeadline = deadline
  }

  func isAnswerOverdue(at now: TickTime) -> Bool { answerDeadline?.isReached(at: now) ?? false }

  /// When there is something to do next.
  var deadline: TickTime? { answerDeadline ?? pingDeadline }

  private var pingDeadline: TickTime? {
    guard interval != 0, answerDeadline == nil else { return nil }
    let earlier = lastReceived.isReached(at: lastSent) ? lastReceived : lastSent
    return earlier.advanced(by: interval)
  }
}

extension Client {
  /// When `advance` has something to do next; nil when only bytes can make a difference.
  public var nextDeadline: TickTime? { phase == .disconnected ? nil : liveness.deadline }

  /// Tells the time. A server that has not answered in time ends the connection, which `nextEvent`
  /// tells; long silence makes a PINGREQ due, which `nextTransmit` sends.
  public mutating func advance(to now: TickTime) {
    clock = now
    guard phase != .disconnected else { return }
    if liveness.isAnswerOverdue(at: now) {
      drop()
      closing = .notAnswered
    } else {
      liveness.oweIfSilent(at: now, answerBy: now.advanced(by: responseTimeout))
    }
  }

  @_lifetime(output: copy output)
  mutating func transmitPingreq(into output: inout OutputRawSpan) {
    guard liveness.owesPingreq else { return }
    do { try Pingreq().encode(into: &output) } catch { return }
    liveness.pingreqSent(at: clock)
  }
}
