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
    case .groupUnavailable(let error):
      LogLine(
        type: .warning, text: "Not found by multicast yet: \(error). Trying again.")
    case .groupJoined(let group):
      LogLine(type: .notice, text: "Joined the group \(group.host).")
    case .serialOpened(let path, let baud):
      LogLine(type: .information, text: "Opening serial line \(path) at \(baud) baud.")
    case .serialUnavailable(let error):
      LogLine(type: .warning, text: "Serial line not available: \(error). Trying again.")
    case .serialLost(let path, let error, let received, let sent, let errors):
      LogLine(
        type: .warning,
        text: "Serial line \(path) \(error.map { "failed: \($0.reason)" } ?? "was unplugged"), "
          + "after \(received) frames in and \(sent) out, \(errors) errors. Trying again.")
    case .serialReopened(let path):
      LogLine(type: .notice, text: "Serial line \(path) is open again.")
    case .serialErrors(let path, let errors):
      LogLine(type: .warning, text: "Errors on serial line \(path): \(errors.text).")
    case .node(let notice, let place):
      notice.line(place, .init(clientID: notice.name, peer: place, node: notice.name))
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
    case .connected, .asleep, .late, .awake, .moved, .misplaced, .unlisted, .refused, .malformed,
      .dropping:
      return nil
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

  /// The line about something that has happened at `place` to `subject`.
  func line(_ place: String, _ subject: LogLine.Subject) -> LogLine {
    var line = line(place)
    line.subject = subject
    return line
  }

  private func line(_ place: String) -> LogLine {
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
    case .misplaced:
      LogLine(
        type: .notice, text: "Node \(name) [\(place)] refused: it may not connect from there.")
    case .unlisted where name.isEmpty:
      LogLine(
        type: .notice, text: "Message from \(place) not taken: no listed node is there.")
    case .unlisted:
      LogLine(type: .notice, text: "Node \(name) [\(place)] refused: it is not listed.")
    case .refused(let code):
      LogLine(type: .notice, text: "Node \(name) [\(place)] refused: \(code).")
    case .malformed(let error):
      LogLine(type: .warning, text: "Malformed datagram from \(place) dropped: \(error).")
    case .dropping:
      LogLine(type: .warning, text: "Node \(name) [\(place)] is too slow: deliveries dropped.")
    }
  }
}

extension LineErrors {
  /// What went wrong, without what did not.
  fileprivate var text: String {
    let parts: [(count: UInt64, one: String, many: String)] = [
      (UInt64(checksums), "wrong checksum", "wrong checksums"),
      (UInt64(oversized), "frame too long", "frames too long"),
      (UInt64(aborted), "frame cut off", "frames cut off"),
      (UInt64(resyncs), "resync", "resyncs"),
      (UInt64(undelivered), "message not delivered by radio", "messages not delivered by radio"),
      (driver.overruns, "octet lost by the driver", "octets lost by the driver"),
      (driver.framing, "octet without a stop bit", "octets without a stop bit"),
    ]
    return parts.filter { $0.count > 0 }
      .map { "\($0.count) \($0.count == 1 ? $0.one : $0.many)" }.joined(separator: ", ")
  }
}
