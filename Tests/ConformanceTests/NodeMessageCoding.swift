extension NodeMessage {
  /// The octets, Length and all.
  func encoded() throws(BadLine) -> [UInt8] {
    guard let form = NodeMessage.form(name) else { throw BadLine(what: "no message is a \(name)") }
    var body = [form.type]
    if !(form.mayBeEmpty && fields.isEmpty) {
      for part in form.parts { try write(part, to: &body) }
    }
    if body.count + 1 <= 255, !isLong { return [UInt8(body.count + 1)] + body }
    return [0x01] + UInt16(body.count + 3).octets + body
  }

  private func write(_ part: Part, to body: inout [UInt8]) throws(BadLine) {
    switch part {
    case .flags: body.append(try flagOctet())
    case .octet("protocol"): body.append(try (fields["protocol"] ?? "1")[...].number())
    case .octet(let field): body.append(try (fields[field] ?? "0")[...].number())
    case .word(let field): body += try word(field).octets
    case .optionalWord(let field): body += fields[field] == nil ? [] : try word(field).octets
    case .rest(let field): body += try (fields[field] ?? "\"\"")[...].octets
    case .topic, .filter: body += try topicOctets()
    }
  }

  private func word(_ field: String) throws(BadLine) -> UInt16 {
    try (fields[field] ?? "0")[...].number()
  }

  private func flagOctet() throws(BadLine) -> UInt8 {
    var octet: UInt8 = topicType
    for (name, bit) in NodeMessage.flags where fields[name] == "1" { octet |= bit }
    if let qos = fields["q"] {
      let number: UInt8 = qos == "-1" ? 3 : try qos[...].number()
      octet |= (number & 3) << 5
    }
    return octet
  }

  /// `pre:7` is a pre-defined id, `short:ab` a short name, all else a normal id or a name.
  private var topicType: UInt8 {
    guard name == "PUBLISH" || name.hasSuffix("SUBSCRIBE"), let topic = fields["topic"] else {
      return 0
    }
    return topic.hasPrefix("pre:") ? 1 : topic.hasPrefix("short:") ? 2 : 0
  }

  private func topicOctets() throws(BadLine) -> [UInt8] {
    let topic = fields["topic"] ?? "\"\""
    switch topicType {
    case 1:
      let id: UInt16 = try topic.dropFirst("pre:".count).number()
      return id.octets
    case 2: return try topic.dropFirst("short:".count).octets
    default: return name == "PUBLISH" ? try word("topic").octets : try topic[...].octets
    }
  }
}

extension NodeMessage {
  /// Reads a datagram that the gateway has sent: with the shortest Length, whole, and with nothing
  /// behind it.
  init(decoding datagram: [UInt8]) throws(BadOctets) {
    let isLong = datagram.first == 1
    guard datagram.count >= (isLong ? 4 : 2) else {
      throw BadOctets(what: "no message is so short")
    }
    let length = isLong ? Int(datagram[1]) << 8 | Int(datagram[2]) : Int(datagram[0])
    guard length == datagram.count else { throw BadOctets(what: "a Length of \(length)") }
    guard isLong == (length > 255) else {
      throw BadOctets(what: "a long Length that is not needed")
    }
    let type = datagram[isLong ? 3 : 1]
    guard let form = NodeMessage.forms.first(where: { $0.type == type }) else {
      throw BadOctets(what: "no message has the type \(type)")
    }
    self.init(name: form.name)
    var rest = datagram.dropFirst(isLong ? 4 : 2)
    if form.mayBeEmpty, rest.isEmpty { return }
    for part in form.parts { try read(part, &rest) }
    guard rest.isEmpty else { throw BadOctets(what: "octets too many in a \(name)") }
  }

  private mutating func read(_ part: Part, _ rest: inout ArraySlice<UInt8>) throws(BadOctets) {
    switch part {
    case .flags: read(flags: try take(&rest))
    case .octet(let field): self[field] = "\(try take(&rest))"
    case .word(let field): self[field] = "\(try takeWord(&rest))"
    case .optionalWord(let field):
      if !rest.isEmpty { self[field] = "\(try takeWord(&rest))" }
    case .rest(let field):
      self[field] = Array(rest).asText
      rest = []
    case .topic, .filter:
      let octets = [try take(&rest), try take(&rest)]
      let number = UInt16(octets[0]) << 8 | UInt16(octets[1])
      switch fields["type"] {
      case "1": self["topic"] = "pre:\(number)"
      case "2": self["topic"] = "short:\(octets.asText)"
      default: self["topic"] = "\(number)"
      }
      if fields["type"] != "3" { self["type"] = nil }
    }
  }

  private mutating func read(flags octet: UInt8) {
    for (name, bit) in NodeMessage.flags where octet & bit != 0 { self[name] = "1" }
    let qos = octet >> 5 & 3
    self["q"] = qos == 3 ? "-1" : "\(qos)"
    self["type"] = "\(octet & 3)"
  }

  private func take(_ rest: inout ArraySlice<UInt8>) throws(BadOctets) -> UInt8 {
    guard let octet = rest.popFirst() else {
      throw BadOctets(what: "a \(name) that ends too early")
    }
    return octet
  }

  private func takeWord(_ rest: inout ArraySlice<UInt8>) throws(BadOctets) -> UInt16 {
    UInt16(try take(&rest)) << 8 | UInt16(try take(&rest))
  }
}

extension UInt16 {
  /// High octet first.
  fileprivate var octets: [UInt8] { [UInt8(self >> 8), UInt8(self & 0xFF)] }
}
