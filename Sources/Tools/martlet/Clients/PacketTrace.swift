import CommandKit
import MQTTCodec
import MQTTTerms

/// Shows the packets of a client, in Mosquitto's words.
struct PacketTrace {
  let isOn: Bool
  private let name: String

  init(isOn: Bool, clientIdentifier: [UInt8]) {
    self.isOn = isOn
    name =
      clientIdentifier.isEmpty ? "null" : String(decoding: clientIdentifier, as: UTF8.self)
  }

  /// Shows a packet that is sent.
  func sent(_ packet: @autoclosure () -> String, _ output: inout StandardOutput) {
    guard isOn else { return }
    output.write(line: "Client \(name) sending \(packet())")
    output.flush()
  }

  /// Shows a packet that has come.
  func received(_ packet: @autoclosure () -> String, _ output: inout StandardOutput) {
    guard isOn else { return }
    output.write(line: "Client \(name) received \(packet())")
    output.flush()
  }

  /// Shows a message that has come, and the acknowledgement that it gets.
  func received(_ message: Publish, _ output: inout StandardOutput) {
    guard isOn else { return }
    let header = message.header
    var topic: [UInt8] = []
    for index in header.topicName.indices { topic.append(header.topicName[index]) }
    received(
      PacketTrace.publish(
        topic, size: message.payload.count, qos: header.qos, isRetained: header.isRetained,
        isDuplicate: header.isDuplicate, header.packetIdentifier), &output)
    let number = header.packetIdentifier.rawValue
    switch header.qos {
    case .atMostOnce: break
    case .atLeastOnce: sent("PUBACK (m\(number), rc0)", &output)
    case .exactlyOnce: sent("PUBREC (m\(number), rc0)", &output)
    }
  }

  /// A PUBLISH in words.
  static func publish(
    _ topic: [UInt8], size: Int, qos: QoS, isRetained: Bool, isDuplicate: Bool,
    _ identifier: PacketIdentifier
  ) -> String {
    let flags = "d\(isDuplicate ? 1 : 0), q\(qos.rawValue), r\(isRetained ? 1 : 0)"
    let name = String(decoding: topic, as: UTF8.self)
    return "PUBLISH (\(flags), m\(identifier.rawValue), '\(name)', ... (\(size) bytes))"
  }
}
