import MQTTSNCodec
import MQTTTerms

extension Client {
  /// Whether the gateway may send messages now, and gets their answers.
  var isReachable: Bool { state == .active || Abilities.sleeps && state == .awake }

  /// Asks the gateway to keep the messages for this client, which comes back within `duration`
  /// seconds (1...65,535) [SN 6.14]. A client that sleeps gives another duration so.
  ///
  /// Answered by `asleep` or `lost`. Errors: `busy`, `notConnected`, `unsupported`.
  public mutating func fallAsleep(for duration: UInt16, at now: TickTime) throws(ClientError) {
    guard Abilities.sleeps else { throw .unsupported }
    guard state == .active || state == .asleep else { throw .notConnected }
    if isBusy { throw .busy }
    try start(.sleep, Disconnect(duration: duration), at: now)
    isPingDue = false
    state = .fallingAsleep
  }

  /// Takes the messages that the gateway has kept [SN 6.14]. They come as `Arrival`s, names before
  /// them, until `asleep` says that there are no more.
  ///
  /// Each message that comes gives the gateway the time of N_RETRY repetitions again. `lost` when it
  /// is over: after that only a CONNECT helps. Errors: `notConnected` where the client does not
  /// sleep, `outOfRoom`.
  public mutating func wake(clientID: Span<UInt8>, at now: TickTime) throws(ClientError) {
    guard state == .asleep else { throw .notConnected }
    try start(.wake, Pingreq(clientID: clientID), at: now)
    state = .awake
  }

  mutating func beginSleep() {
    request = nil
    state = .asleep
    event = .asleep
  }

  /// A gateway that has something to say is there.
  mutating func restartWaking() {
    guard Abilities.sleeps, request == .wake, !isDue else { return }
    tries = 0
    retryTime = now.advanced(by: retryInterval)
  }
}
