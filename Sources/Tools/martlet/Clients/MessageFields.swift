import CommandKit
import MQTTCodec
import MQTTTerms

/// A message as `-F` shows it: each field as octets.
struct MessageFields {
  let topic: [UInt8]
  let payload: [UInt8]
  let qos: QoS
  let isRetained: Bool
  let identifier: PacketIdentifier
  let moment = Moment()
  /// The values of properties by their field, in the order of the packet.
  private(set) var properties: [(field: UInt8, key: [UInt8], value: [UInt8])] = []

  init(_ message: borrowing Publish) {
    topic = Array(of: message.header.topicName)
    payload = Array(of: message.payload)
    qos = message.header.qos
    isRetained = message.header.isRetained
    identifier = message.header.packetIdentifier
    var rest = message.header.properties
    while let property = try? rest.next() { take(property) }
  }

  private mutating func take(_ property: borrowing Property) {
    switch copy property {
    case .contentType(let text): add("C", Array(of: text))
    case .correlationData(let data): add("D", Array(of: data))
    case .messageExpiryInterval(let seconds): add("E", Array("\(seconds)".utf8))
    case .payloadFormatIndicator(let isText): add("F", Array(isText ? "1".utf8 : "0".utf8))
    case .responseTopic(let topic): add("R", Array(of: topic))
    case .subscriptionIdentifier(let number): add("S", Array("\(number)".utf8))
    case .topicAlias(let alias): add("A", Array("\(alias)".utf8))
    case .userProperty(let name, let value):
      properties.append((UInt8(ascii: "P"), Array(of: name), Array(of: value)))
    default: break
    }
  }

  private mutating func add(_ field: Unicode.Scalar, _ value: [UInt8]) {
    properties.append((UInt8(ascii: field), [], value))
  }

  /// The message in that format. A payload that cannot be shown as it says is left out and told of.
  func octets(
    in format: MessageFormat, isPretty: Bool, complain: (String) -> Void
  ) -> [UInt8] {
    var octets: [UInt8] = []
    for part in format.parts {
      switch part {
      case .text(let text): octets += text
      case .time(let letter): octets += Array(moment.text(of: letter).utf8)
      case .field(.payloadJSON, _):
        if let json = json(nested: true, isPretty: isPretty) {
          octets += json
        } else {
          let name = String(decoding: topic, as: UTF8.self)
          complain("Message payload is not valid JSON on topic \(name).")
        }
      case .field(.quotedJSON, _): octets += json(nested: false, isPretty: isPretty) ?? []
      case .field(let field, let setting): octets += setting.set(value(of: field, setting))
      }
    }
    return octets
  }

  private func value(of field: MessageField, _ setting: FieldSetting) -> [UInt8] {
    switch field {
    case .topic: topic
    case .payload: payload
    case .lowercaseHex, .uppercaseHex:
      setting.grouped(hexadecimal(isUppercase: field == .uppercaseHex))
    case .length: Array("\(payload.count)".utf8)
    case .qos: Array("\(qos.rawValue)".utf8)
    case .retained: Array(isRetained ? "1".utf8 : "0".utf8)
    case .identifier: Array("\(identifier.rawValue)".utf8)
    case .isoTime: Array(moment.text("%Y-%m-%dT%H:%M:%S%z").utf8)
    case .unixTime: Array("\(moment.seconds).\(String.padded(moment.nanoseconds, 9))".utf8)
    case .float, .double: number(field, decimals: setting.limit)
    case .quotedJSON, .payloadJSON: []
    default: property(field.rawValue)
    }
  }

  private func property(_ name: UInt8) -> [UInt8] {
    let values = properties.filter { $0.field == name }
    guard name == MessageField.userProperties.rawValue else { return values.first?.value ?? [] }
    return Array(values.map { $0.key + [0x3A] + $0.value }.joined(separator: [0x20]))
  }

  private func hexadecimal(isUppercase: Bool) -> [UInt8] {
    let digits = Array((isUppercase ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
    return payload.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  /// The payload as the octets of a number in the machine's order, four for a float and eight for a
  /// double; nothing for another length.
  private func number(_ field: MessageField, decimals: Int?) -> [UInt8] {
    let number: Double
    switch (field, payload.count) {
    case (.float, 4):
      let value = payload.withUnsafeBytes { $0.loadUnaligned(as: Float.self) }
      guard decimals != nil else { return Array("\(value)".utf8) }
      number = Double(value)
    case (.double, 8): number = payload.withUnsafeBytes { $0.loadUnaligned(as: Double.self) }
    default: return []
    }
    return Array((decimals.map { number.text(decimals: $0) } ?? "\(number)").utf8)
  }
}
