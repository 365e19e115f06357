import MQTTSNCodec
import MQTTTerms

extension Client {
  /// Whether pings are sent at all.
  var isSupervised: Bool { state == .active && keepAlive > 0 }

  /// The gateway has answered something: it is there, and has heard this client [SN 6.11].
  ///
  /// Only answers count. Messages sent would hide a gateway that is gone, and messages received
  /// would hide from the gateway that this client is alive.
  mutating func restartKeepAlive() {
    pingTries = 0
    isPingDue = false
    pingTime = now.advanced(by: UInt32(truncatingIfNeeded: Int(keepAlive) &* 1000))
  }

  mutating func receivePingresp() {
    if state == .active {
      restartKeepAlive()
    } else if Abilities.sleeps, request == .wake {
      beginSleep()
    }
  }

  /// Sends a PINGREQ when the keep alive has passed, and again every T_RETRY.
  mutating func advanceKeepAlive() {
    guard isSupervised, !isPingDue, pingTime.isReached(at: now) else { return }
    if pingTries > retryLimit { return lose() }
    if pingTries > 0 { retransmissions &+= 1 }
    pingTries += 1
    isPingDue = true
  }
}
