extension Packet: CustomStringConvertible {
  /// The packet as transcripts write it.
  var description: String {
    var words = [kind.name]
    if kind.hasIdentifier { words.append("\(identifier)") }
    if kind.hasCode, code != 0 || kind == .connack { words.append(code.asCode) }
    if kind == .publish { words += [topic.asText, payload.asText] }
    if qos > 0 { words += ["q=\(qos)", "id=\(identifier)"] }
    if isRetained { words.append("retain=1") }
    if isDuplicate { words.append("dup=1") }
    if isSessionPresent { words.append("present=1") }
    words += filters.map { "\($0.text.asText) options=\($0.options.asCode)" }
    words += codes.map(\.asCode)
    words += properties.map(\.description)
    if isOpen { words.append("...") }
    return words.joined(separator: " ")
  }
}

extension Property: CustomStringConvertible {
  var description: String {
    switch value {
    case .number(let number): "\(name.text)=\(number)"
    case .bytes(let bytes): "\(name.text)=\(bytes.asText)"
    case .pair(let key, let value): "\(name.text)=\(key.asText):\(value.asText)"
    }
  }
}

extension UInt8 {
  /// Small codes in decimals, others hexadecimal.
  var asCode: String { self < 3 ? "\(self)" : "0x\(asHexadecimal)" }

  /// Two digits.
  var asHexadecimal: String {
    (self < 16 ? "0" : "") + String(self, radix: 16, uppercase: true)
  }
}

extension [UInt8] {
  /// What `Substring.octets` reads, long runs shortened.
  var asText: String {
    guard let first else { return "\"\"" }
    if count > 40, allSatisfy({ $0 == first }) { return "\([first].asText)^\(count)" }
    return map {
      (0x21...0x7E).contains($0) ? String(Unicode.Scalar($0)) : "\\x\($0.asHexadecimal)"
    }
    .joined()
  }
}
