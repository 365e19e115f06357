/// A property of MQTT 5.0 [MQTT5 2.2.2.2] by its name in transcripts.
struct Property: Equatable {
  enum Value: Equatable {
    case number(UInt32)
    case bytes([UInt8])
    case pair([UInt8], [UInt8])
  }

  enum Form {
    case one, two, four, variable, bytes, pair
  }

  struct Name: Equatable, Hashable {
    var number: UInt8
    var text: String
    var form: Form

    static func == (left: Name, right: Name) -> Bool { left.number == right.number }
    func hash(into hasher: inout Hasher) { hasher.combine(number) }
  }

  var name: Name
  var value: Value

  private static let all: [Name] = [
    .init(number: 0x01, text: "payload-format", form: .one),
    .init(number: 0x02, text: "message-expiry", form: .four),
    .init(number: 0x03, text: "content-type", form: .bytes),
    .init(number: 0x08, text: "response-topic", form: .bytes),
    .init(number: 0x09, text: "correlation-data", form: .bytes),
    .init(number: 0x0B, text: "subscription-id", form: .variable),
    .init(number: 0x11, text: "session-expiry", form: .four),
    .init(number: 0x12, text: "assigned-client-id", form: .bytes),
    .init(number: 0x13, text: "server-keep-alive", form: .two),
    .init(number: 0x15, text: "auth-method", form: .bytes),
    .init(number: 0x16, text: "auth-data", form: .bytes),
    .init(number: 0x17, text: "request-problem-information", form: .one),
    .init(number: 0x18, text: "delay", form: .four),
    .init(number: 0x19, text: "request-response-information", form: .one),
    .init(number: 0x1A, text: "response-information", form: .bytes),
    .init(number: 0x1C, text: "server-reference", form: .bytes),
    .init(number: 0x1F, text: "reason-string", form: .bytes),
    .init(number: 0x21, text: "receive-maximum", form: .two),
    .init(number: 0x22, text: "topic-alias-maximum", form: .two),
    .init(number: 0x23, text: "topic-alias", form: .two),
    .init(number: 0x24, text: "maximum-qos", form: .one),
    .init(number: 0x25, text: "retain-available", form: .one),
    .init(number: 0x26, text: "user", form: .pair),
    .init(number: 0x27, text: "maximum-packet-size", form: .four),
    .init(number: 0x28, text: "wildcard-available", form: .one),
    .init(number: 0x29, text: "subscription-id-available", form: .one),
    .init(number: 0x2A, text: "shared-available", form: .one),
  ]

  static func name(_ text: some StringProtocol) -> Name? { all.first { $0.text == text } }
  static func name(number: UInt8) -> Name? { all.first { $0.number == number } }
}

extension [Property] {
  /// By number; those of one number stay in their order.
  var ordered: [Property] {
    let numbers = Set(map(\.name.number)).sorted()
    return numbers.flatMap { number in filter { $0.name.number == number } }
  }
}
