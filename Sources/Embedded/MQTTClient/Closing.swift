import MQTTCodec
import MQTTTerms

extension Client {
  /// Ends the connection, with the event that tells it.
  @_lifetime(copy properties)
  mutating func close(_ reason: CloseReason, _ properties: Properties) -> ClientEvent {
    end(reason)
    return .closed(reason, properties)
  }

  /// Ends the connection, with the event that tells it.
  @_lifetime(immortal)
  mutating func close(_ reason: CloseReason) -> ClientEvent {
    end(reason)
    return .closed(reason, Properties())
  }

  private mutating func end(_ reason: CloseReason) {
    // 3.1 and 3.1.1 say goodbye only where all is well.
    farewell = version == .mqtt50 ? reason.farewell : nil
    drop()
  }

  /// Ends the Network Connection on this side and forgets what ends with it.
  mutating func drop() {
    phase = .disconnected
    answers = AnswerQueue()
    liveness = Liveness()
    // [MQTT5-3.3.2-7] Topic Aliases end with their connection.
    aliases.removeAll()
    limits = ServerLimits()
    inFlight.keepPublications()
  }

  /// Appends the DISCONNECT that tells the server its fault.
  @_lifetime(output: copy output)
  mutating func transmitFarewell(into output: inout OutputRawSpan) {
    guard let reasonCode = farewell else { return }
    // [MQTT5-3.14.1-1] [MQTT5-3.14.2-3] [MQTT5-3.14.2-4] Without properties, never too large.
    do { try Disconnect(reasonCode).encode(into: &output, version: version) } catch { return }
    // [MQTT5-3.14.4-1]
    farewell = nil
  }
}
