import BrokerCore
import BrokerIO
import ConfigurationFile
import MQTTLink
import Reactor
import SessionLink

extension BrokerNotice {
  /// The notice in Mosquitto's words, as far as Mosquitto has words for it.
  var line: LogLine {
    var line = plainLine
    line.subject = subject
    return line
  }

  private var subject: LogLine.Subject {
    switch self {
    case .opened(let client):
      .init(
        clientID: client.clientID, peer: "\(client.peer)", userName: client.userName ?? "")
    case .closed(let clientID, let peer, _), .lost(let clientID, let peer, _),
      .unfit(let clientID, let peer, _):
      .init(clientID: clientID, peer: "\(peer)")
    case .rejected(let peer, _), .accepted(let peer, _), .turnedAway(let peer, _),
      .upgraded(let peer):
      .init(peer: "\(peer)")
    case .remark(let remark): remark.subject
    case .packet(let packet): .init(clientID: packet.clientID)
    default: .init()
    }
  }

  private var plainLine: LogLine {
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
    case .upgraded(let peer):
      LogLine(type: .websockets, text: "Connection from \(peer) speaks WebSocket.")
    case .opened(let client): client.line
    case .closed(let clientID, let peer, let reason): reason.line(clientID, peer)
    case .lost(let clientID, let peer, nil):
      LogLine(
        type: .notice, text: "Client \(clientID) [\(peer)] closed its connection.",
        isAboutConnection: true)
    case .lost(let clientID, let peer, let error?):
      LogLine(
        type: .notice, text: "Socket error on client \(clientID) [\(peer)]: \(error.reason).",
        isAboutConnection: true)
    case .packet(let packet): packet.line
    case .untraced(let count):
      LogLine(type: .debug, text: "\(count) more packets at one time.")
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

extension OpenedClient {
  fileprivate var line: LogLine {
    let user = userName.map { ", u'\($0)'" } ?? ""
    // Mosquitto counts its versions: 1 is 3.1, 2 is 3.1.1, 5 is 5.0.
    let version = protocolLevel < 5 ? protocolLevel - 2 : protocolLevel
    return LogLine(
      type: .notice,
      text: "New client connected from \(peer) as \(clientID) (p\(version), "
        + "c\(isClean ? 1 : 0), k\(keepAlive)\(user)).",
      isAboutConnection: true)
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
    case .topicTooLong: "protocol error (topic too long below mount_point)"
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
