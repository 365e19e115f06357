extension NodeMessage {
  /// Reads a message as transcripts write it: its name, then words.
  init(_ words: some Collection<Substring>) throws(BadLine) {
    guard let name = words.first, let form = NodeMessage.form(String(name)) else {
      throw BadLine(what: "no message has the name \(words.first ?? "")")
    }
    self.init(name: form.name)
    var bare = form.bare[...]
    for word in words.dropFirst() {
      if let sign = word.firstIndex(of: "="), word.first != "\"" {
        try take(word[..<sign], word[word.index(after: sign)...], form)
      } else if let field = bare.popFirst() {
        try set(field, word)
      } else {
        throw BadLine(what: "\(word) has no place in a \(name)")
      }
    }
  }

  private mutating func take(
    _ key: Substring, _ value: Substring, _ form: Form
  ) throws(BadLine) {
    switch key {
    case "long": isLong = value == "1"
    case "hops": hops = try value.number()
    case _ where form.has(String(key)): try set(String(key), value)
    default: throw BadLine(what: "a \(form.name) has no \(key)")
    }
  }

  /// Takes a word, in the one way in which it is written when it is read from octets.
  private mutating func set(_ field: String, _ word: Substring) throws(BadLine) {
    if word.first == "$" || word == "_" {
      self[field] = String(word)
    } else if field == "q" {
      self[field] = String(word)
    } else if NodeMessage.isText(field, of: name, word) {
      self[field] = try word.octets.asText
    } else {
      let number: UInt16 = try word.number()
      self[field] = "\(number)"
    }
  }

  private static func isText(_ field: String, of name: String, _ word: Substring) -> Bool {
    switch field {
    case "topic": name != "PUBLISH" || word.contains(":")
    case "payload", "client", "address": true
    case "id": name == "CONNECT"
    default: false
    }
  }

  /// Whether this is what `expected` says. A word `$name` there is a number above 0 (or a text) that
  /// gets that name when it comes for the first time; `_` is anything.
  func matches(_ expected: NodeMessage, _ names: inout [String: String]) -> Bool {
    guard name == expected.name, hops == expected.hops else { return false }
    for field in Set(fields.keys).union(expected.fields.keys) {
      let found = fields[field]
      guard let wanted = expected[field] else { return false }
      if wanted == "_" { continue }
      guard wanted.first == "$" else {
        if found != wanted { return false }
        continue
      }
      guard let found, names[wanted] ?? found == found else { return false }
      names[wanted] = found
    }
    return true
  }

  /// The message with what the names stand for.
  func resolved(_ names: [String: String]) throws(BadLine) -> NodeMessage {
    var message = self
    for (field, word) in fields where word.first == "$" {
      guard let value = names[word] else { throw BadLine(what: "nothing is named \(word)") }
      message[field] = value
    }
    return message
  }
}

extension NodeMessage.Form {
  /// Whether messages of this form have the field.
  func has(_ field: String) -> Bool {
    parts.contains { part in
      switch part {
      case .flags: field == "q" || NodeMessage.flags.contains { $0.name == field }
      case .octet(let name), .word(let name), .optionalWord(let name), .rest(let name):
        name == field
      case .topic, .filter: field == "topic"
      }
    }
  }
}
