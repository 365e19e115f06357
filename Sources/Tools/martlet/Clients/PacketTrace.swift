import CommandKit
import MQTTClient
import MQTTCodec
import MQTTTerms

/// Shows the packets of a client, in Mosquitto's words.
struct PacketTrace {
  let isOn: Bool
  private var name: String

  init(isOn: Bool, clientIdentifier: [UInt8]) {
    self.isOn = isOn
    name =
      clientIdentifier.isEmpty ? "(null)" : String(decoding: clientIdentifier, as: UTF8.self)
  }

  /// Shows a CONNACK, and learns from it how the broker calls the client.
  mutating func accepted(_ connack: Connack, _ output: inout StandardOutput) {
    var rest = connack.properties
    while let property = try? rest.next() {
      if case .assignedClientIdentifier(let text) = property { name = String(of: text) }
    }
    received("CONNACK (0)", &output)
  }

  /// Shows what ended a connection, where a packet did.
  func closed(_ reason: CloseReason, _ version: ProtocolVersion, _ output: inout StandardOutput) {
    switch reason {
    case .refused(let code):
      let number = version == .mqtt50 ? code.rawValue : ConnectReturnCode(code).rawValue
      received("CONNACK (\(number))", &output)
    case .disconnected(let code): received("DISCONNECT (\(code.rawValue))", &output)
    default: break
    }
  }

  /// Shows a PUBACK or PUBCOMP, or a PUBREC that says no.
  func received(_ answer: PublishAcknowledgement, _ output: inout StandardOutput) {
    let name =
      switch answer.kind {
      case .puback: "PUBACK"
      case .pubrec: "PUBREC"
      case .pubrel: "PUBREL"
      case .pubcomp: "PUBCOMP"
      }
    received(
      "\(name) (Mid: \(answer.packetIdentifier.rawValue), RC:\(answer.reasonCode.rawValue))",
      &output)
  }

  /// Shows a SUBACK and what it grants.
  func received(_ suback: Suback, _ output: inout StandardOutput) {
    received("SUBACK", &output)
    guard isOn, !suback.returnCodes.isEmpty else { return }
    output.write(
      line: "Subscribed (mid: \(suback.packetIdentifier.rawValue)): \(suback.returnCodes[0])")
    output.flush()
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
    received(
      PacketTrace.publish(
        String(of: header.topicName), size: message.payload.count, qos: header.qos,
        isRetained: header.isRetained,
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
    _ topic: String, size: Int, qos: QoS, isRetained: Bool, isDuplicate: Bool,
    _ identifier: PacketIdentifier
  ) -> String {
    let flags = "d\(isDuplicate ? 1 : 0), q\(qos.rawValue), r\(isRetained ? 1 : 0)"
    let name = topic.isEmpty ? "(null)" : topic
    return "PUBLISH (\(flags), m\(identifier.rawValue), '\(name)', ... (\(size) bytes))"
  }
}
