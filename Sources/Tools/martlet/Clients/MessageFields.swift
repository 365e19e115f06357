import CommandKit
import Glibc
import MQTTCodec
import MQTTTerms

/// A message as `-F` shows it: each field as octets.
struct MessageFields {
  /// The letters of all fields.
  static let names = Set("tpxXlqrmACDEFPRSfdIUj".utf8)

  let topic: [UInt8]
  let payload: [UInt8]
  private let qos: QoS
  private let isRetained: Bool
  private let identifier: PacketIdentifier
  private let moment = Moment()
  /// The values of properties by their field, in the order of the packet.
  private var properties: [(field: UInt8, key: [UInt8], value: [UInt8])] = []

  init(_ message: borrowing Publish) {
    topic = MessageFields.octets(message.header.topicName)
    payload = MessageFields.octets(message.payload)
    qos = message.header.qos
    isRetained = message.header.isRetained
    identifier = message.header.packetIdentifier
    var rest = message.header.properties
    while let property = try? rest.next() { take(property) }
  }

  private static func octets(_ span: Span<UInt8>) -> [UInt8] { span.indices.map { span[$0] } }

  private mutating func take(_ property: borrowing Property) {
    switch copy property {
    case .contentType(let text): add("C", Self.octets(text))
    case .correlationData(let data): add("D", Self.octets(data))
    case .messageExpiryInterval(let seconds): add("E", Array("\(seconds)".utf8))
    case .payloadFormatIndicator(let isText): add("F", Array(isText ? "1".utf8 : "0".utf8))
    case .responseTopic(let topic): add("R", Self.octets(topic))
    case .subscriptionIdentifier(let number): add("S", Array("\(number)".utf8))
    case .topicAlias(let alias): add("A", Array("\(alias)".utf8))
    case .userProperty(let name, let value):
      properties.append((UInt8(ascii: "P"), Self.octets(name), Self.octets(value)))
    default: break
    }
  }

  private mutating func add(_ field: Unicode.Scalar, _ value: [UInt8]) {
    properties.append((UInt8(ascii: field), [], value))
  }

  /// Writes the message in that format.
  func write(_ format: MessageFormat, _ output: inout StandardOutput) {
    for part in format.parts {
      switch part {
      case .text(let text): output.write(text.span)
      case .time(let name): output.write(moment.text("%\(Character(UnicodeScalar(name)))"))
      case .field(let name, let setting): output.write(set(value(of: name), setting).span)
      }
    }
  }

  /// A value with its width and limit.
  private func set(_ value: [UInt8], _ setting: MessageFormat.Setting) -> [UInt8] {
    let kept = setting.limit.map { Array(value.prefix($0)) } ?? value
    let fill = max(setting.width - kept.count, 0)
    if setting.isLeft { return kept + [UInt8](repeating: 0x20, count: fill) }
    return [UInt8](repeating: setting.isZeroFilled ? 0x30 : 0x20, count: fill) + kept
  }

  private func value(of name: UInt8) -> [UInt8] {
    switch UnicodeScalar(name) {
    case "t": topic
    case "p": payload
    case "x": hexadecimal(uppercase: false)
    case "X": hexadecimal(uppercase: true)
    case "l": Array("\(payload.count)".utf8)
    case "q": Array("\(qos.rawValue)".utf8)
    case "r": Array(isRetained ? "1".utf8 : "0".utf8)
    case "m": Array("\(identifier.rawValue)".utf8)
    case "I": Array(moment.text("%Y-%m-%dT%H:%M:%S%z").utf8)
    case "U": Array("\(moment.seconds).\(Moment.padded(moment.nanoseconds, 9))".utf8)
    case "f", "d": number
    case "j": json
    default: property(name)
    }
  }

  private func property(_ name: UInt8) -> [UInt8] {
    let values = properties.filter { $0.field == name }
    guard name == UInt8(ascii: "P") else { return values.first?.value ?? [] }
    return Array(values.map { $0.key + [0x3A] + $0.value }.joined(separator: [0x20]))
  }

  private func hexadecimal(uppercase: Bool) -> [UInt8] {
    let digits = Array((uppercase ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
    return payload.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  /// The payload as the octets of a number in the machine's order: four or eight of them.
  private var number: [UInt8] {
    switch payload.count {
    case 4: Array("\(payload.withUnsafeBytes { $0.loadUnaligned(as: Float.self) })".utf8)
    case 8: Array("\(payload.withUnsafeBytes { $0.loadUnaligned(as: Double.self) })".utf8)
    default: []
    }
  }

  // MARK: JSON

  private var json: [UInt8] {
    let fraction = Moment.padded(moment.nanoseconds / 1000, 6)
    var text = "{\"tst\":\"\(moment.text("%Y-%m-%dT%H:%M:%S")).\(fraction)Z\(moment.text("%z"))\","
    text += "\"topic\":\(Self.quoted(topic)),\"qos\":\(qos.rawValue),"
    text += "\"retain\":\(isRetained ? 1 : 0),\"payloadlen\":\(payload.count),"
    if qos != .atMostOnce { text += "\"mid\":\(identifier.rawValue)," }
    if !properties.isEmpty { text += "\"properties\":{\(jsonProperties)}," }
    return Array("\(text)\"payload\":\(Self.quoted(payload))}".utf8)
  }

  private var jsonProperties: String {
    var members: [String] = []
    var hasUser = false
    for property in properties {
      switch UnicodeScalar(property.field) {
      case "C": members.append("\"content-type\":\(Self.quoted(property.value))")
      case "D": members.append("\"correlation-data\":\(Self.quoted(property.value))")
      case "R": members.append("\"response-topic\":\(Self.quoted(property.value))")
      case "E": members.append("\"message-expiry-interval\":\(Self.text(property.value))")
      case "F": members.append("\"payload-format-indicator\":\(Self.text(property.value))")
      case "S": members.append("\"subscription-identifier\":\(Self.text(property.value))")
      case "A": members.append("\"topic-alias\":\(Self.text(property.value))")
      default:
        if !hasUser { members.append("\"user-properties\":{\(jsonUserProperties)}") }
        hasUser = true
      }
    }
    return members.joined(separator: ",")
  }

  private var jsonUserProperties: String {
    properties.filter { $0.field == UInt8(ascii: "P") }
      .map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }.joined(separator: ",")
  }

  private static func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }

  /// A JSON string of octets, those that are no text replaced.
  private static func quoted(_ octets: [UInt8]) -> String {
    var quoted = "\""
    for scalar in text(octets).unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{8}": quoted += "\\b"
      case "\u{C}": quoted += "\\f"
      case _ where scalar.value < 0x20:
        quoted += "\\u" + Moment.padded(Int(scalar.value), 4, radix: 16)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

/// When a message came, by the clock on the wall.
private struct Moment {
  let seconds: Int
  let nanoseconds: Int

  init() {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    (seconds, nanoseconds) = (time.tv_sec, time.tv_nsec)
  }

  /// The local time in a format of strftime.
  func text(_ format: String) -> String {
    var (seconds, parts) = (seconds, tm())
    localtime_r(&seconds, &parts)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { room in
      guard let start = room.baseAddress else { return "" }
      let count = strftime(start, room.count, format, &parts)
      return String(decoding: room.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  static func padded(_ number: Int, _ width: Int, radix: Int = 10) -> String {
    let digits = String(number, radix: radix)
    return String(repeating: "0", count: max(width - digits.count, 0)) + digits
  }
}
