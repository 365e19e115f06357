import BridgeIO
import ConfigurationFile
import MQTTBridge
import MQTTCodec
import MQTTLink

extension BridgeIONotice {
  /// The notice in Mosquitto's words, as far as Mosquitto has words for it.
  var line: LogLine {
    let bridge = "\(name) (\(place))"
    switch notice {
    case .connecting: return LogLine(type: .notice, text: "Connecting bridge \(bridge)")
    case .unreachable(_, let reason):
      return LogLine(type: .error, text: "Error creating bridge: \(bridge): \(reason).")
    case .connected: return LogLine(type: .notice, text: "Bridge \(bridge) connected.")
    case .refused(_, let code):
      return LogLine(
        type: .error, text: "Connection error: bridge \(bridge) refused: \(code.words).")
    case .ended(_, let fault):
      return LogLine(type: .notice, text: "Bridge \(bridge) disconnected: \(fault.words).")
    case .idle: return LogLine(type: .notice, text: "Bridge \(bridge) disconnected: idle.")
    case .returning:
      return LogLine(type: .notice, text: "Bridge \(bridge) goes back to its first address.")
    case .notSubscribed(let filter):
      return LogLine(
        type: .warning, text: "Warning: Bridge \(bridge) may not subscribe to '\(filter)' there.")
    case .notSubscribedHere(let filter):
      return LogLine(
        type: .warning, text: "Warning: Bridge \(bridge) may not subscribe to '\(filter)' here.")
    case .dropped(let topic):
      return LogLine(
        type: .warning,
        text: "Warning: A message of bridge \(bridge) was dropped: '\(topic)' may not come in.")
    case .unsent(let topic):
      return LogLine(
        type: .warning,
        text:
          "Warning: A message for bridge \(bridge) was dropped: '\(topic)' has no name there, or "
          + "the packet is too large.")
    case .refusedHere(let refusal):
      return LogLine(
        type: .error, text: "Error: Bridge \(bridge) is not let in here: \(refusal.words).")
    case .closedHere(let ejection):
      return LogLine(type: .error, text: "Error: Bridge \(bridge) was closed here: \(ejection).")
    }
  }
}

extension BridgeFault {
  fileprivate var words: String {
    switch self {
    case .lost(let reason): reason ?? "closed by the remote broker"
    case .peer(let reason): reason.words
    case .left(let code): "the remote broker has left (\(code.words))"
    case .noAnswer(let packet): "no \(packet) in time"
    case .wrongAnswer(let packet): "protocol error (\(packet) that answers nothing)"
    case .closedHere: "closed here"
    }
  }
}
