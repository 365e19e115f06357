import BrokerCore
import BrokerIO
import ConfigurationFile
import MQTTLink
import Reactor
import SessionLink

/// A line for the log and its type.
struct LogLine {
  var type: LogTypes
  var text: String
  /// Whether `connection_messages false` hides it.
  var isAboutConnection = false
}

extension BrokerNotice {
  /// The notice in Mosquitto's words, as far as Mosquitto has words for it.
  var line: LogLine {
    switch self {
    case .listening(let address): Self.listening(address)
    case .listeningAt(let path):
      LogLine(type: .information, text: "Opening unix listen socket on path \(path).")
    case .rejected(let peer, let reason):
      LogLine(type: .notice, text: "Connection from \(peer) rejected, \(reason).")
    case .unfit(let clientID, let peer, let fault):
      LogLine(
        type: .notice,
        text: "Client \(clientID) [\(peer)] disconnected: WebSocket error (\(fault.words)).")
    case .accepted(let peer, let port):
      LogLine(
        type: .notice, text: "New connection from \(peer) on port \(port).",
        isAboutConnection: true)
    case .opened(let clientID, let peer, let isClean, let keepAlive):
      LogLine(
        type: .notice,
        text:
          "New client connected from \(peer) as \(clientID) (c\(isClean ? 1 : 0), k\(keepAlive)).",
        isAboutConnection: true)
    case .closed(let clientID, let peer, let reason): reason.line(clientID, peer)
    case .lost(let clientID, let peer, nil):
      LogLine(
        type: .notice, text: "Client \(clientID) [\(peer)] closed its connection.",
        isAboutConnection: true)
    case .lost(let clientID, let peer, let error?):
      LogLine(
        type: .notice, text: "Socket error on client \(clientID) [\(peer)]: \(error.reason).",
        isAboutConnection: true)
    case .remark(let remark): LogLine(type: remark.type, text: remark.words)
    case .failed(let error): LogLine(type: .error, text: "Error: \(error).")
    case .turnedAway(let peer, let port):
      LogLine(
        type: .notice,
        text: "Client connection from \(peer) denied: "
          + (port.map { "max_connections on port \($0)" } ?? "global_max_connections")
          + " reached.")
    }
  }

  private static func listening(_ address: SocketAddress) -> LogLine {
    let family = address.family == .ipv6 ? "ipv6" : "ipv4"
    return LogLine(
      type: .information, text: "Opening \(family) listen socket on port \(address.port).")
  }
}

extension CloseReason {
  /// The line about a connection that ended for this reason.
  func line(_ clientID: String, _ peer: SocketAddress) -> LogLine {
    switch self {
    case .disconnected:
      LogLine(
        type: .notice, text: "Client \(clientID) [\(peer)] disconnected.",
        isAboutConnection: true)
    case .keepAliveTimeout:
      LogLine(
        type: .notice,
        text: "Client \(clientID) [\(peer)] has exceeded timeout, disconnecting.")
    default:
      LogLine(
        type: .notice, text: "Client \(clientID) [\(peer)] disconnected: \(words).")
    }
  }

  var words: String {
    switch self {
    case .malformed(let error): "malformed packet (\(error))"
    case .notConnect: "protocol error (the first packet is not a CONNECT)"
    case .unexpectedPacket: "protocol error (unexpected packet)"
    case .packetTooLarge: "oversize packet"
    case .answerTooLarge: "protocol error (an answer above its maximum packet size)"
    case .tooManyProperties: "protocol error (more properties than max_properties)"
    case .topicAliasInvalid: "protocol error (topic alias above max_topic_alias)"
    case .topicAliasUnknown: "protocol error (topic alias that stands for nothing)"
    case .subscriptionIdentifierFromClient: "protocol error (subscription identifier in a PUBLISH)"
    case .qosNotSupported: "protocol error (QoS above max_qos)"
    case .retainNotSupported: "protocol error (retained message with retain_available false)"
    case .sessionExpiryFromZero: "protocol error (session expiry changed from 0 in DISCONNECT)"
    case .authenticationOutOfPlace: "protocol error (AUTH out of place)"
    case .unsupportedVersion: "unsupported protocol version"
    case .clientIdentifierMissing: "protocol error (no client identifier)"
    case .keepAliveTooLong: "keep alive not within max_keepalive"
    case .connectTimeout: "no CONNECT in time"
    case .disconnected, .keepAliveTimeout: "\(self)"
    }
  }
}
