/// A line of a transcript that cannot be understood.
struct BadLine: Error {
  var what: String
}

extension Packet {
  /// Reads a packet as transcripts write it: its name, then words.
  init(_ words: some Collection<Substring>) throws(BadLine) {
    guard let name = words.first, let kind = Kind.allCases.first(where: { $0.name == name }) else {
      throw BadLine(what: "no packet has the name \(words.first ?? "")")
    }
    self.init(kind: kind)
    var bare: [Substring] = []
    for word in words.dropFirst() {
      if word == "..." {
        isOpen = true
      } else if let sign = word.firstIndex(of: "="), word.first != "\"" {
        try take(word[..<sign], word[word.index(after: sign)...])
      } else if kind == .subscribe || kind == .unsubscribe, !bare.isEmpty {
        filters.append(Filter(text: try word.octets))
      } else {
        bare.append(word)
      }
    }
    try take(bare)
  }

  /// What stands there without a name, by its place.
  private mutating func take(_ bare: [Substring]) throws(BadLine) {
    var rest = bare[...]
    if kind.hasIdentifier { identifier = try number(&rest) }
    if kind.hasCode, !rest.isEmpty { code = try number(&rest) }
    if kind == .publish {
      topic = try rest.popFirst()?.octets ?? []
      payload = try rest.popFirst()?.octets ?? []
    }
    if kind == .suback || kind == .unsuback {
      while !rest.isEmpty { codes.append(try number(&rest)) }
    }
    if let word = rest.first { throw BadLine(what: "\(word) has no place in a \(kind.name)") }
  }

  private func number<Number: FixedWidthInteger>(
    _ words: inout ArraySlice<Substring>
  ) throws(BadLine) -> Number {
    guard let word = words.popFirst() else { throw BadLine(what: "a number is missing") }
    return try word.number()
  }

  private mutating func take(_ key: Substring, _ value: Substring) throws(BadLine) {
    if kind == .connect, try takeLogin(key, value) { return }
    if kind == .subscribe, try takeOption(key, value) { return }
    switch key {
    case "q" where kind == .publish: qos = try value.number()
    case "id" where kind == .publish: identifier = try value.number()
    case "retain" where kind == .publish: isRetained = value == "1"
    case "dup" where kind == .publish: isDuplicate = value == "1"
    case "present" where kind == .connack: isSessionPresent = value == "1"
    default: properties.append(try Property(key, value))
    }
  }

  private mutating func takeOption(_ key: Substring, _ value: Substring) throws(BadLine) -> Bool {
    let shifts: [Substring: UInt8] = ["q": 0, "nl": 2, "rap": 3, "rh": 4, "options": 0]
    guard let shift = shifts[key], let last = filters.indices.last else { return false }
    filters[last].options |= try value.number() << shift
    return true
  }

  private mutating func takeLogin(_ key: Substring, _ value: Substring) throws(BadLine) -> Bool {
    if key.hasPrefix("will-") {
      try takeWill(key.dropFirst("will-".count), value)
      return true
    }
    switch key {
    case "id": login.clientID = try value.octets
    case "clean": login.isCleanStart = value == "1"
    case "keepalive": login.keepAlive = try value.number()
    case "username": login.userName = try value.octets
    case "password": login.password = try value.octets
    case "name": login.name = try value.octets
    case "level": login.level = try value.number()
    case "flags": login.flags = try value.number()
    default: return false
    }
    return true
  }

  private mutating func takeWill(_ key: Substring, _ value: Substring) throws(BadLine) {
    var will = login.will ?? Will()
    switch key {
    case "topic": will.topic = try value.octets
    case "payload": will.payload = try value.octets
    case "qos": will.qos = try value.number()
    case "retain": will.isRetained = value == "1"
    default: will.properties.append(try Property(key, value))
    }
    login.will = will
  }
}

extension Property {
  init(_ key: Substring, _ value: Substring) throws(BadLine) {
    guard let name = Property.name(key) else { throw BadLine(what: "no property is named \(key)") }
    self.name = name
    switch name.form {
    case .bytes: self.value = .bytes(try value.octets)
    case .pair:
      let colon = value.firstIndex(of: ":") ?? value.endIndex
      self.value = .pair(try value[..<colon].octets, try value[colon...].dropFirst().octets)
    default: self.value = .number(try value.number())
    }
  }
}

extension Substring {
  /// A number in decimals, or hexadecimal behind 0x.
  func number<Number: FixedWidthInteger>() throws(BadLine) -> Number {
    let digits = hasPrefix("0x") ? dropFirst(2) : self
    guard let value = Number(digits, radix: hasPrefix("0x") ? 16 : 10) else {
      throw BadLine(what: "\(self) is no number")
    }
    return value
  }

  /// A text as octets: `\xNN` is one octet, `x^9` is `x` nine times, `""` is empty.
  var octets: [UInt8] {
    get throws(BadLine) {
      if self == "\"\"" { return [] }
      if let sign = lastIndex(of: "^"), let count = Int(self[index(after: sign)...]) {
        let piece = try self[..<sign].octets
        return Array(repeatElement(piece, count: count).joined())
      }
      var octets: [UInt8] = []
      var rest = self
      while let next = rest.popFirst() {
        if next == "\\", rest.first == "x", let octet = UInt8(rest.dropFirst().prefix(2), radix: 16)
        {
          octets.append(octet)
          rest = rest.dropFirst(3)
        } else {
          octets += Array(String(next).utf8)
        }
      }
      return octets
    }
  }
}
