import MQTTSNGateway
import Reactor

/// What the gateway's side of the daemon has to say in the log.
public enum GatewayIONotice: Sendable {
  /// A UDP socket is open.
  case listening(SocketAddress)
  /// A multicast group could not be joined; it is tried again, and told again only when it is joined.
  case groupUnavailable(SystemError)
  /// A multicast group is joined at last.
  case groupJoined(SocketAddress)
  /// A serial line is open for the first time.
  case serialOpened(path: String, baud: Int)
  /// A serial line could not be opened; it is tried again, and told again only when it is open.
  case serialUnavailable(SystemError)
  /// A serial line was unplugged, or failed, after it has carried and lost so many frames since the
  /// start; it is tried again.
  case serialLost(path: String, SystemError?, received: UInt64, sent: UInt64, errors: UInt64)
  /// A serial line is open again.
  case serialReopened(path: String)
  /// Things went wrong on a serial line since the last notice.
  case serialErrors(path: String, LineErrors)
  /// Something has happened to a node, or to a stranger: `place` is its line and address.
  case node(GatewayNotice, place: String)
  /// A socket has failed.
  case failed(SystemError)
}
