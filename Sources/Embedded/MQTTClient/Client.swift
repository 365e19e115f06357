import MQTTCodec
import MQTTTerms

/// An MQTT client without sockets, clocks and heap: bytes and times go in, bytes and events come
/// out. Versions 3.1, 3.1.1 and 5.0, QoS 0, 1 and 2 both ways.
///
/// What the application wants to send is encoded straight into an output of the caller's
/// (`connect`, `publish`, `subscribe`, …); what the protocol owes is fetched with `nextTransmit`.
/// The client keeps no message: after a reconnection it says with `ClientEvent.resend` which ones
/// the server has not acknowledged, and the application, which has them, sends them again.
///
/// `window` is how many requests may wait for their acknowledgement, and how many received
/// messages for theirs to be fetched (1...65,535). `incoming` is how many received messages of
/// QoS 2 may wait for the server to release them (0...65,535): as many as the server keeps in
/// flight, which is 20 with Mosquitto's defaults. `aliasRoom` is how many octets the names of the
/// server's Topic Aliases may take, with 4 more for each (0 allows no aliases).
public struct Client<let window: Int, let incoming: Int, let aliasRoom: Int>: ~Copyable {
  enum Phase { case disconnected, connecting, connected }

  var phase = Phase.disconnected
  var version = ProtocolVersion.mqtt311
  /// The latest time that the caller told.
  var clock = TickTime(milliseconds: 0)
  var closing: CloseReason?
  /// What a DISCONNECT has still to tell the server.
  var farewell: ReasonCode?

  // What must be kept as long as the session [MQTT 3.1.2.4] [MQTT5 4.1]: the requests that wait for
  // an acknowledgement, and the received messages that wait for their PUBREL.
  var inFlight = InFlight<window>()
  var unreleased = IncomingIdentifiers<incoming>()
  var latestIdentifier = PacketIdentifier.none

  // What ends with the Network Connection.
  var answers = AnswerQueue<window>()
  var liveness = Liveness()
  var promises = Promises()
  var limits = ServerLimits()
  var aliases = TopicAliases<aliasRoom>()

  let responseTimeout: UInt32
  let packetLimit: Int

  /// A client that is not connected.
  ///
  /// It waits `responseTimeout` milliseconds for a CONNACK or PINGRESP, and closes when a packet
  /// of more than `packetLimit` octets is announced: what the caller's buffer can hold.
  public init(responseTimeout: UInt32 = 10_000, packetLimit: Int = 268_435_460) {
    self.responseTimeout = responseTimeout
    self.packetLimit = packetLimit
  }

  /// Whether the server has accepted the connection, and nothing has ended it.
  public var isConnected: Bool { phase == .connected }

  /// How many requests wait for their acknowledgement (0...window).
  public var inFlightCount: Int { inFlight.count }

  /// What the server takes, while there is a connection.
  public var serverLimits: ServerLimits { limits }

  /// Whether another message of QoS 1 or 2 can be sent now.
  public var canPublish: Bool {
    phase == .connected && !inFlight.isFull && hasQuota && !inFlight.mustResend
  }

  /// Whether the server may have to acknowledge one more message [MQTT5 4.9].
  var hasQuota: Bool {
    // [MQTT5-3.3.4-7] [MQTT5-4.9.0-1]
    let most = Int(limits.receiveMaximum)
    return inFlight.count < most || inFlight.unacknowledgedCount < most
  }

  /// What has happened apart from received bytes, oldest first; nil when nothing has. Ask after
  /// `advance`, and after `ClientEvent.connected` until nothing is to be sent again.
  @_lifetime(immortal)
  public mutating func nextEvent() -> ClientEvent? {
    if let reason = closing {
      closing = nil
      return .closed(reason, Properties())
    }
    // [MQTT5-4.4.0-1] [MQTT5-4.9.0-2]
    guard phase == .connected, hasQuota, let identifier = inFlight.announceResending() else {
      return nil
    }
    return .resend(identifier)
  }

  /// Appends what the protocol owes: acknowledgements, PUBRELs, and a PINGREQ when one is due; in
  /// 5.0 also a DISCONNECT after `ClientEvent.closed`. That is 9 * window + 2 octets at most (of
  /// DISCONNECT 3). Returns whether anything was appended; what did not fit comes with the next
  /// call.
  @_lifetime(output: copy output)
  public mutating func nextTransmit(into output: inout OutputRawSpan) -> Bool {
    let before = output.byteCount
    transmitFarewell(into: &output)
    guard phase == .connected else { return output.byteCount != before }
    // [MQTT5-3.3.4-8] [MQTT5-4.9.0-3] Whatever is held back, these are not.
    transmitAnswers(into: &output)
    transmitReleases(into: &output)
    transmitPingreq(into: &output)
    return output.byteCount != before
  }
}
