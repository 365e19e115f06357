import MQTTSNCodec
import MQTTTerms

extension Client {
  /// Asks the gateway for a session [SN 6.2]. Whatever was under way is forgotten. To a client that
  /// sleeps it is the way back to active.
  ///
  /// `keepAlive` is in seconds, 0 for none. Answered by `connected`, `refused(.connect, …)` or
  /// `lost`, and before them, where `hasWill`, by `willTopicWanted` and `willMessageWanted`. A
  /// session that is not clean keeps its subscriptions and its will. Errors: `outOfRoom`,
  /// `unsupported`.
  public mutating func connect(
    clientID: Span<UInt8>, keepAlive: UInt16, isCleanSession: Bool = true, hasWill: Bool = false,
    at now: TickTime
  ) throws(ClientError) {
    if hasWill, !Abilities.hasWill { throw .unsupported }
    // [SN 6.14] a CONNECT from sleep begins no new session
    if isCleanSession, state != .asleep, state != .awake { unreleased.removeAll() }
    abandon()
    self.keepAlive = keepAlive
    let message = Connect(
      clientID: clientID, duration: keepAlive, isCleanSession: isCleanSession, hasWill: hasWill)
    try start(.connect, message, at: now)
    state = .connecting
  }

  /// Tells the gateway that the client leaves, awake or asleep [SN 6.12]. Whatever was under way is
  /// forgotten.
  ///
  /// Answered by `disconnected` or `lost`. Errors: `notConnected`.
  public mutating func disconnect(at now: TickTime) throws(ClientError) {
    guard isReachable || Abilities.sleeps && state == .asleep else { throw .notConnected }
    abandon()
    try start(.disconnect, Disconnect(), at: now)
    state = .disconnecting
  }

  mutating func receive(_ message: Connack) {
    guard request == .connect else { return }
    if finish(.connect, message.returnCode) {
      state = .active
      unreleased.outliveConnection()
      event = .connected
    } else {
      state = .disconnected
    }
  }

  /// A gateway may send DISCONNECT at any time, as to a client that it does not know [SN 6.12].
  /// One that comes before CONNACK answers something older.
  mutating func receiveDisconnect() {
    if state == .disconnected || state == .connecting { return }
    if Abilities.sleeps, state == .fallingAsleep { return beginSleep() }
    abandon()
    event = .disconnected
  }

  /// Forgets the gateway and all that was under way, without a word to it.
  public mutating func abandon() {
    state = .disconnected
    request = nil
    reply = .none
    isPingDue = false
    pingTries = 0
  }
}
