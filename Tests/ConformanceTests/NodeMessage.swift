/// An MQTT-SN message as a transcript writes it: a name, and fields as words. This codec is a second
/// one, made for tests only, so that the gateway's own is not its own judge.
struct NodeMessage: Equatable {
  /// What stands in the body of a message, in order.
  enum Part {
    /// One octet of flags.
    case flags
    /// A number of one octet.
    case octet(String)
    /// A number of two octets.
    case word(String)
    /// The same, or nothing when the field is not told.
    case optionalWord(String)
    /// All octets that are left.
    case rest(String)
    /// A topic of two octets, as its type in the flags says.
    case topic
    /// A name, or a topic of two octets, as its type in the flags says.
    case filter
  }

  /// The form of the messages of one type.
  struct Form {
    var name: String
    var type: UInt8
    var parts: [Part] = []
    /// The fields that a transcript writes without their names.
    var bare: [String] = []
    /// Whether a message without any field has no body at all.
    var mayBeEmpty = false
  }

  var name: String
  /// The fields that are neither 0 nor empty, as words.
  private(set) var fields: [String: String] = [:]
  /// Whether it is written with a Length of three octets although it is short.
  var isLong = false
  /// In an envelope: the broadcast radius in its Ctrl octet.
  var hops: UInt8 = 0

  init(name: String) { self.name = name }

  /// Fields are words; what stands for 0 or for nothing is left out.
  subscript(field: String) -> String? {
    get { fields[field] }
    set { fields[field] = newValue == "0" || newValue == "\"\"" ? nil : newValue }
  }

  static func == (left: NodeMessage, right: NodeMessage) -> Bool {
    left.name == right.name && left.fields == right.fields && left.hops == right.hops
  }

  static let forms: [Form] = [
    Form(name: "ADVERTISE", type: 0x00, parts: [.octet("gw"), .word("duration")]),
    Form(name: "SEARCHGW", type: 0x01, parts: [.octet("radius")]),
    Form(name: "GWINFO", type: 0x02, parts: [.octet("gw"), .rest("address")]),
    Form(
      name: "CONNECT", type: 0x04,
      parts: [.flags, .octet("protocol"), .word("duration"), .rest("id")]),
    Form(name: "CONNACK", type: 0x05, parts: [.octet("code")], bare: ["code"]),
    Form(name: "WILLTOPICREQ", type: 0x06),
    Form(
      name: "WILLTOPIC", type: 0x07, parts: [.flags, .rest("topic")], bare: ["topic"],
      mayBeEmpty: true),
    Form(name: "WILLMSGREQ", type: 0x08),
    Form(name: "WILLMSG", type: 0x09, parts: [.rest("payload")], bare: ["payload"]),
    Form(
      name: "REGISTER", type: 0x0A, parts: [.word("tid"), .word("id"), .rest("topic")],
      bare: ["id", "topic"]),
    Form(
      name: "REGACK", type: 0x0B, parts: [.word("tid"), .word("id"), .octet("code")],
      bare: ["id", "code"]),
    Form(
      name: "PUBLISH", type: 0x0C, parts: [.flags, .topic, .word("id"), .rest("payload")],
      bare: ["topic", "payload"]),
    Form(
      name: "PUBACK", type: 0x0D, parts: [.word("tid"), .word("id"), .octet("code")],
      bare: ["id", "code"]),
    Form(name: "PUBCOMP", type: 0x0E, parts: [.word("id")], bare: ["id"]),
    Form(name: "PUBREC", type: 0x0F, parts: [.word("id")], bare: ["id"]),
    Form(name: "PUBREL", type: 0x10, parts: [.word("id")], bare: ["id"]),
    Form(
      name: "SUBSCRIBE", type: 0x12, parts: [.flags, .word("id"), .filter],
      bare: ["id", "topic"]),
    Form(
      name: "SUBACK", type: 0x13, parts: [.flags, .word("tid"), .word("id"), .octet("code")],
      bare: ["id", "code"]),
    Form(
      name: "UNSUBSCRIBE", type: 0x14, parts: [.flags, .word("id"), .filter],
      bare: ["id", "topic"]),
    Form(name: "UNSUBACK", type: 0x15, parts: [.word("id")], bare: ["id"]),
    Form(name: "PINGREQ", type: 0x16, parts: [.rest("client")], bare: ["client"]),
    Form(name: "PINGRESP", type: 0x17),
    Form(name: "DISCONNECT", type: 0x18, parts: [.optionalWord("duration")]),
    Form(
      name: "WILLTOPICUPD", type: 0x1A, parts: [.flags, .rest("topic")], bare: ["topic"],
      mayBeEmpty: true),
    Form(name: "WILLTOPICRESP", type: 0x1B, parts: [.octet("code")], bare: ["code"]),
    Form(name: "WILLMSGUPD", type: 0x1C, parts: [.rest("payload")], bare: ["payload"]),
    Form(name: "WILLMSGRESP", type: 0x1D, parts: [.octet("code")], bare: ["code"]),
  ]

  static func form(_ name: String) -> Form? { forms.first { $0.name == name } }

  /// The flags beside QoS and TopicIdType.
  static let flags: [(name: String, bit: UInt8)] = [
    ("dup", 0x80), ("retain", 0x10), ("will", 0x08), ("clean", 0x04),
  ]
}

extension NodeMessage: CustomStringConvertible {
  /// The message as transcripts write it.
  var description: String {
    let bare = NodeMessage.form(name)?.bare ?? []
    var words = [name]
    let last = bare.lastIndex { fields[$0] != nil } ?? -1
    for (index, field) in bare.enumerated() where index <= last || field == "id" || field == "code"
    {
      words.append(fields[field] ?? (field == "topic" || field == "payload" ? "\"\"" : "0"))
    }
    for field in fields.keys.sorted() where !bare.contains(field) {
      words.append("\(field)=\(fields[field] ?? "")")
    }
    if hops > 0 { words.append("hops=\(hops)") }
    return words.joined(separator: " ")
  }
}
