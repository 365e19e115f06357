import MQTTCodec
import MQTTTerms
import SessionLink

/// What the bytes of a connection to a server come to, apart from messages and PUBACK.
public enum ServerStep: ~Escapable {
  /// The next packet is not complete.
  case needMore
  /// The answer to CONNECT: what it says of the server is in the connection.
  case answered(Connack)
  /// Something for the hub.
  case event(LinkEvent)
  /// The answer to SUBSCRIBE.
  case subscribed(Suback)
  /// The answer to UNSUBSCRIBE.
  case unsubscribed(Unsuback)
  /// The answer to PINGREQ.
  case pong
  /// The server leaves, for a reason in 5.0.
  case left(ReasonCode)
  /// The connection ends.
  case close(CloseReason)
}

// The side that has sent the CONNECT. `receive` reads messages and PUBACKs for both sides.
extension Connection {
  /// Reads on where `receive` has found something that comes seldom.
  @_lifetime(copy bytes)
  public mutating func receiveFromServer(
    _ bytes: Span<UInt8>, consumed: inout Int, at now: LinkTime
  ) -> ServerStep {
    guard phase != .closed else { return .needMore }
    do {
      guard let header = try FixedHeader.decode(bytes, version: version) else { return .needMore }
      // [MQTT-3.2.0-1] [MQTT5-3.2.0-1] [MQTT5-3.2.0-2]
      guard (phase == .calling) == (header.packetType == .connack) else {
        return .close(.unexpectedPacket)
      }
      if header.packetSize > limits.packetSize(of: header.packetType) {
        return .close(.packetTooLarge)
      }
      guard let body = header.body(of: bytes) else { return .needMore }
      lastHeard = now
      consumed += header.packetSize
      return try receiveFromServer(try Packet.decode(body, header: header, version: version))
    } catch {
      return .close(.malformed(error))
    }
  }

  @_lifetime(copy packet)
  private mutating func receiveFromServer(_ packet: Packet) throws(CodecError) -> ServerStep {
    switch packet {
    case .connack(let connack):
      note(connack)
      return .answered(connack)
    case .acknowledgement(let acknowledgement): return .event(event(of: acknowledgement))
    case .suback(let suback): return .subscribed(suback)
    case .unsuback(let unsuback): return .unsubscribed(unsuback)
    case .pingresp: return .pong
    case .disconnect(let disconnect):
      // [MQTT5-3.14.2-2] Before 5.0 no server sends it.
      guard version == .mqtt50 else { return .close(.unexpectedPacket) }
      try disconnect.check(from: .server)
      return .left(disconnect.reasonCode)
    // What only a client sends; and AUTH, which was not asked for [MQTT5-4.12.0-6].
    case .connect, .publish, .subscribe, .unsubscribe, .pingreq, .auth:
      return .close(.unexpectedPacket)
    }
  }

  /// Notes what a server of 5.0 says of itself.
  private mutating func note(_ connack: Connack) {
    guard connack.reasonCode == .success else { return }
    phase = .connected
    var rest = connack.properties
    while let property = rest.nextChecked() {
      switch property {
      // [MQTT5-3.2.2-15]
      case .maximumPacketSize(let size): limitPackets(to: size)
      case .topicAliasMaximum(let maximum): useAliases(upTo: maximum)
      // [MQTT5-3.1.2-21]
      case .serverKeepAlive(let seconds): keepAlive = seconds
      default: break
      }
    }
  }

  /// Lets no delivery out that is larger than that, or than the peer takes.
  public mutating func limitPackets(to size: UInt32) {
    maximumPacketSize = min(maximumPacketSize, size)
  }

  /// Notes the keep alive of the CONNECT, in seconds.
  public mutating func promise(keepAlive seconds: UInt16) { keepAlive = seconds }
}
