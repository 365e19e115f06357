import MQTTCodec

/// Why a connection ends, as far as the connection itself knows.
public enum CloseReason: Sendable, Equatable {
  /// The peer has sent DISCONNECT.
  case disconnected
  /// The peer has sent something malformed [MQTT-4.8.0-1].
  case malformed(CodecError)
  /// The first packet is not a CONNECT [MQTT-3.1.0-1].
  case notConnect
  /// A packet that only a server sends, or one out of order.
  case unexpectedPacket
  /// A packet above the limit; told from its announced length.
  case packetTooLarge
  /// A protocol or a version that is not spoken here [MQTT-3.1.2-2].
  case unsupportedVersion
  /// A keep alive above the limit, or none where there is a limit.
  case keepAliveTooLong
  /// No CONNECT in time.
  case connectTimeout
  /// Nothing heard for one and a half times the keep alive [MQTT-3.1.2-24].
  case keepAliveTimeout

  /// The return code that a CONNACK tells the peer first, if it is told one.
  public var returnCode: ConnectReturnCode? {
    switch self {
    case .unsupportedVersion: .unacceptableProtocolVersion
    case .keepAliveTooLong: .identifierRejected
    default: nil
    }
  }
}
