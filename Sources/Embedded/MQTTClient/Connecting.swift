import MQTTCodec
import MQTTTerms

extension Client {
  /// Appends a CONNECT, the first packet on a new Network Connection [MQTT-3.1.0-1].
  ///
  /// A clean session forgets the messages that were not acknowledged; a kept one sends them again,
  /// and knows which ones it has received.
  @_lifetime(output: copy output)
  public mutating func connect(
    _ connect: borrowing Connect, into output: inout OutputRawSpan, at now: TickTime
  ) throws(ClientError) {
    guard phase == .disconnected else { throw .alreadyConnected }
    do { try connect.encode(into: &output) } catch { throw ClientError(error) }
    if connect.isCleanSession {
      inFlight.removeAll()
      unreleased.removeAll()
    }
    version = connect.version
    phase = .connecting
    clock = now
    closing = nil
    liveness = Liveness(keepAlive: connect.keepAlive, at: now)
    liveness.expectAnswer(by: now.advanced(by: responseTimeout))
  }

  /// Appends a DISCONNECT and ends the connection; the server drops the will [MQTT-3.14.4-1].
  @_lifetime(output: copy output)
  public mutating func disconnect(into output: inout OutputRawSpan) throws(ClientError) {
    guard phase == .connected else { throw .notConnected }
    do { try Disconnect().encode(into: &output, version: version) } catch {
      throw ClientError(error)
    }
    drop()
  }

  /// Tells that the Network Connection is gone. `connect` starts the next one.
  public mutating func connectionLost() { drop() }

  /// Takes a CONNACK.
  @_lifetime(immortal)
  mutating func connectionAnswered(_ connack: Connack) -> ClientEvent {
    // [MQTT-3.2.2-5]
    guard connack.returnCode == .accepted else { return close(.refused(connack.returnCode)) }
    phase = .connected
    liveness.answered()
    inFlight.markForResending()
    // The identifiers of a session that the server has not kept start anew. CONNACK of 3.1 does
    // not say whether it has.
    if !connack.isSessionPresent, version != .mqtt31 { unreleased.removeAll() }
    return .connected(isSessionPresent: connack.isSessionPresent)
  }

  /// Ends the connection, with the event that tells it.
  @_lifetime(immortal)
  mutating func close(_ reason: CloseReason) -> ClientEvent {
    drop()
    return .closed(reason)
  }
}
