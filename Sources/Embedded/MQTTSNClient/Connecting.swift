import MQTTSNCodec
import MQTTTerms

extension Client {
  /// Asks the gateway for a session [SN 6.2]. Whatever was under way is forgotten.
  ///
  /// `keepAlive` is in seconds, 0 for none. Answered by `connected`, `refused(.connect, …)` or
  /// `lost`. Errors: `outOfRoom`.
  public mutating func connect(
    clientID: Span<UInt8>, keepAlive: UInt16, isCleanSession: Bool = true, at now: TickTime
  ) throws(ClientError) {
    abandon()
    self.keepAlive = keepAlive
    let message = Connect(
      clientID: clientID, duration: keepAlive, isCleanSession: isCleanSession)
    try start(.connect, message, at: now)
    state = .connecting
  }

  /// Tells the gateway that the client leaves [SN 6.12]. Whatever was under way is forgotten.
  ///
  /// Answered by `disconnected` or `lost`. Errors: `notConnected`.
  public mutating func disconnect(at now: TickTime) throws(ClientError) {
    guard state == .active else { throw .notConnected }
    abandon()
    try start(.disconnect, Disconnect(), at: now)
    state = .disconnecting
  }

  mutating func receive(_ message: Connack) {
    guard request == .connect else { return }
    if finish(.connect, message.returnCode) {
      state = .active
      event = .connected
    } else {
      state = .disconnected
    }
  }

  /// A gateway may send DISCONNECT at any time, as to a client that it does not know [SN 6.12].
  /// One that comes before CONNACK answers something older.
  mutating func receiveDisconnect() {
    guard state == .active || state == .disconnecting else { return }
    abandon()
    event = .disconnected
  }

  /// Forgets the gateway and all that was under way.
  mutating func abandon() {
    state = .disconnected
    request = nil
    reply = .none
    isPingDue = false
    pingTries = 0
  }
}
