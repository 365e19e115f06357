import BrokerIO
import ConfigurationFile
import MQTTTerms

extension TracedPacket {
  /// The line in Mosquitto's words.
  var line: LogLine { LogLine(type: .debug, text: text) }

  private var text: String {
    switch content {
    case .received(let name): "Received \(name) from \(clientID)"
    case .receivedAnswer(let name, let id):
      "Received \(name) from \(clientID) (Mid: \(id.rawValue))"
    case .receivedPublish(let publish): "Received PUBLISH from \(clientID) \(publish.text)"
    case .sent(let name): "Sending \(name) to \(clientID)"
    case .sentConnack(let isPresent, let code):
      "Sending CONNACK to \(clientID) (\(isPresent ? 1 : 0), \(code))"
    case .sentAnswer(let name, let id, let reason):
      "Sending \(name) to \(clientID) (m\(id.rawValue)\(reason.map { ", rc\($0)" } ?? ""))"
    case .sentPublish(let publish): "Sending PUBLISH to \(clientID) \(publish.text)"
    case .filter(let filter, nil): "\t\(filter)"
    case .filter(let filter, let qos?): "\t\(filter) (QoS \(qos.rawValue))"
    case .will(nil): "No will message specified."
    case .will(let will?):
      "Will message specified (\(will.size) bytes) (r\(will.isRetained ? 1 : 0), "
        + "q\(will.qos.rawValue))."
    }
  }
}

extension TracedPacket.Publish {
  fileprivate var text: String {
    "(d\(isDuplicate ? 1 : 0), q\(qos.rawValue), r\(isRetained ? 1 : 0), m\(packetID.rawValue), "
      + "'\(topic)', ... (\(size) bytes))"
  }
}
