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
    case .refused(_, let peer, let refusal):
      LogLine(type: .notice, text: "Connection from \(peer) refused: \(refusal.words).")
    case .closed(let clientID, let peer, let reason): reason.line(clientID, peer)
    case .ejected(let clientID, _, .takenOver):
      LogLine(
        type: .error, text: "Client \(clientID) already connected, closing old connection.")
    case .ejected(let clientID, let peer, let ejection):
      LogLine(type: .notice, text: "Client \(clientID) [\(peer)] closed: \(ejection).")
    case .lost(let clientID, let peer, nil):
      LogLine(
        type: .notice, text: "Client \(clientID) [\(peer)] closed its connection.",
        isAboutConnection: true)
    case .lost(let clientID, let peer, let error?):
      LogLine(
        type: .notice, text: "Socket error on client \(clientID) [\(peer)]: \(error.reason).",
        isAboutConnection: true)
    case .dropping(let clientID):
      LogLine(
        type: .notice, text: "Outgoing messages are being dropped for client \(clientID).")
    case .failed(let error): LogLine(type: .error, text: "Error: \(error).")
    case .turnedAway(let peer, let port):
      LogLine(
        type: .notice,
        text: "Client connection from \(peer) denied: max_connections on port \(port) reached.")
    }
  }

  private static func listening(_ address: SocketAddress) -> LogLine {
    let family = address.family == .ipv6 ? "ipv6" : "ipv4"
    return LogLine(
      type: .information, text: "Opening \(family) listen socket on port \(address.port).")
  }
}

extension Refusal {
  /// Why, for people.
  var words: String {
    switch self {
    case .clientIdentifierNotValid: "client identifier not valid"
    case .notAuthorized: "not authorised (anonymous clients are not allowed)"
    case .quotaExceeded: "too many sessions"
    }
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

  private var words: String {
    switch self {
    case .malformed(let error): "malformed packet (\(error))"
    case .notConnect: "protocol error (the first packet is not a CONNECT)"
    case .unexpectedPacket: "protocol error (unexpected packet)"
    case .packetTooLarge: "oversize packet"
    case .unsupportedVersion: "unsupported protocol version"
    case .keepAliveTooLong: "keep alive not within max_keepalive"
    case .connectTimeout: "no CONNECT in time"
    case .disconnected, .keepAliveTimeout: "\(self)"
    }
  }
}
