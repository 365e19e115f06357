import ConfigurationFile
import GatewayIO
import MQTTSNGateway
import Reactor

extension GatewayIONotice {
  /// The notice as a line of the log.
  var line: LogLine {
    switch self {
    case .listening(let address):
      LogLine(
        type: .information, text: "Opening MQTT-SN socket on UDP port \(address.port).")
    case .serialOpened(let path, let baud):
      LogLine(type: .information, text: "Opening serial line \(path) at \(baud) baud.")
    case .serialUnavailable(let error):
      LogLine(type: .warning, text: "Serial line not available: \(error). Trying again.")
    case .serialLost(let path, nil):
      LogLine(type: .warning, text: "Serial line \(path) was unplugged. Trying again.")
    case .serialLost(let path, let error?):
      LogLine(type: .warning, text: "Serial line \(path) failed: \(error.reason). Trying again.")
    case .serialReopened(let path):
      LogLine(type: .notice, text: "Serial line \(path) is open again.")
    case .node(let notice, let place): notice.line(place)
    case .failed(let error): LogLine(type: .error, text: "Error: \(error).")
    }
  }

  /// The node that has gone, and the state to show for it.
  var departure: (clientID: String, state: String)? {
    guard case .node(let notice, _) = self else { return nil }
    switch notice.kind {
    case .disconnected: return (notice.name, "disconnected")
    case .silent, .deaf: return (notice.name, "lost")
    case .ejected, .replaced: return (notice.name, "replaced")
    case .connected, .asleep, .late, .awake, .moved, .refused, .malformed, .dropping: return nil
    }
  }
}

extension GatewayNotice {
  /// The client identifier, printable.
  var name: String {
    let bytes = clientID.bytes
    var copy: [UInt8] = []
    for index in 0..<bytes.count { copy.append(bytes[index]) }
    return String(decoding: copy, as: UTF8.self)
  }

  /// The line about something that has happened at `place`.
  func line(_ place: String) -> LogLine {
    switch kind {
    case .connected:
      LogLine(
        type: .notice, text: "New node connected from \(place) as \(name).",
        isAboutConnection: true)
    case .disconnected:
      LogLine(
        type: .notice, text: "Node \(name) [\(place)] disconnected.", isAboutConnection: true)
    case .asleep:
      LogLine(
        type: .notice, text: "Node \(name) [\(place)] sleeps.", isAboutConnection: true)
    case .late:
      LogLine(type: .warning, text: "Node \(name) [\(place)] is late: it should have woken by now.")
    case .awake:
      LogLine(type: .notice, text: "Node \(name) [\(place)] has woken, late.")
    case .moved:
      LogLine(type: .notice, text: "Sleeping node \(name) is at \(place) now.")
    case .silent:
      LogLine(type: .notice, text: "Node \(name) [\(place)] has exceeded timeout, lost.")
    case .deaf:
      LogLine(type: .notice, text: "Node \(name) [\(place)] does not answer, lost.")
    case .ejected:
      LogLine(
        type: .notice, text: "Node \(name) [\(place)] closed: its session was taken over.")
    case .replaced:
      LogLine(
        type: .notice, text: "Node \(name) [\(place)] replaced by another at its address.")
    case .refused(let code):
      LogLine(type: .notice, text: "Node \(name) [\(place)] refused: \(code).")
    case .malformed(let error):
      LogLine(type: .warning, text: "Malformed datagram from \(place) dropped: \(error).")
    case .dropping:
      LogLine(type: .warning, text: "Node \(name) [\(place)] is too slow: deliveries dropped.")
    }
  }
}
