import MQTTClient
import MQTTCodec
import MQTTTerms

/// Bytes from hexadecimal digits; blanks separate fields for the reader.
func bytes(_ hex: String) -> [UInt8] {
  let digits = hex.compactMap { $0.hexDigitValue }
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

func hex(_ octets: [UInt8]) -> String {
  octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

/// An accepting CONNACK of 5.0 with these properties.
func connack5(_ properties: String = "", isSessionPresent: Bool = false) -> String {
  let octets = bytes(properties)
  return hex([0x20, UInt8(octets.count + 3), isSessionPresent ? 1 : 0, 0, UInt8(octets.count)])
    + " " + properties
}

/// What has happened, in words.
func text(of event: ClientEvent) -> String {
  switch event {
  case .connected(let connack):
    return (connack.isSessionPresent ? "connected again" : "connected") + text(connack.properties)
  case .message(let publish): return text(of: publish)
  case .received(let pubrec): return "received" + text(of: pubrec)
  case .published(let answer): return "published" + text(of: answer)
  case .rejected(let answer): return "rejected" + text(of: answer)
  case .subscribed(let suback):
    return "subscribed \(suback.packetIdentifier.rawValue) "
      + (suback.grantedQoS.map { "q\($0.rawValue)" } ?? "refused") + text(suback.properties)
  case .unsubscribed(let unsuback):
    return "unsubscribed \(unsuback.packetIdentifier.rawValue)"
      + octets(unsuback.reasonCodes).map(reason).joined() + text(unsuback.properties)
  case .authentication(let auth):
    return "auth" + reason(auth.reasonCode.rawValue)
      + text(auth.properties)
  case .resend(let identifier): return "resend \(identifier.rawValue)"
  case .closed(.refused(let code), let properties):
    return "refused" + reason(code.rawValue) + text(properties)
  case .closed(.disconnected(let code), let properties):
    return "disconnected" + reason(code.rawValue) + text(properties)
  case .closed(let why, let properties): return "closed: \(why)" + text(properties)
  }
}

private func text(of publish: Publish) -> String {
  let header = publish.header
  let flags = (header.isDuplicate ? " dup" : "") + (header.isRetained ? " retain" : "")
  return
    "\(string(header.topicName)) = \(string(publish.payload)) q\(header.qos.rawValue)\(flags)"
    + text(header.properties)
}

private func text(of answer: PublishAcknowledgement) -> String {
  " \(answer.packetIdentifier.rawValue)" + reason(answer.reasonCode.rawValue)
    + text(answer.properties)
}

private func reason(_ code: UInt8) -> String { code == 0 ? "" : " rc\(code)" }

private func text(_ properties: Properties) -> String {
  properties.isEmpty ? "" : " [\(hex(octets(properties.bytes)))]"
}

private func octets(_ span: Span<UInt8>) -> [UInt8] { span.indices.map { span[$0] } }

func string(_ span: Span<UInt8>) -> String { String(decoding: octets(span), as: UTF8.self) }
