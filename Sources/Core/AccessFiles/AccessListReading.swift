import MQTTTerms

extension AccessList {
  /// The list that the text of a file says: `user NAME`, `topic [ACCESS] FILTER` and
  /// `pattern [ACCESS] FILTER` to a line, ACCESS being read, write, readwrite or deny. A line is a
  /// comment when `#` is its first character.
  public init(text: String) throws(AccessFileError) {
    self.init()
    var user: [UInt8]?
    try readLines(of: text) { line throws(LineFault) in
      let words = Words(line)
      if !words.first.isEmpty { try take(words, &user) }
    }
  }

  private mutating func take(_ words: Words, _ user: inout [UInt8]?) throws(LineFault) {
    guard !words.rest.isEmpty else {
      throw LineFault(reason: "\(words.first) stands alone")
    }
    switch words.first {
    case "user":
      user = Array(words.rest.utf8)
      // A user with nothing of its own is a user all the same.
      users[Array(words.rest.utf8), default: []] += []
    case "topic":
      let rule = try rule(words.rest)
      if let user { users[user, default: []].append(rule) } else { anonymous.append(rule) }
    case "pattern": patterns.append(try rule(words.rest))
    default: throw LineFault(reason: "\(words.first) is not user, topic or pattern")
    }
  }

  private func rule(_ text: String) throws(LineFault) -> Rule {
    let words = Words(Substring(text).utf8)
    let rights: [String: Rights] = [
      "read": .read, "write": .write, "readwrite": [.read, .write], "deny": .deny,
    ]
    var rule = Rule(rights: [.read, .write], filter: Array(text.utf8))
    if let named = rights[words.first], !words.rest.isEmpty {
      rule = Rule(rights: named, filter: Array(words.rest.utf8))
    }
    guard isTopicFilter(rule.filter.span) else {
      throw LineFault(reason: "\(String(decoding: rule.filter, as: UTF8.self)) is no topic filter")
    }
    return rule
  }
}

/// The first word of a line, and the rest, without the spaces around them and the CR of a CR LF.
struct Words {
  let first: String
  let rest: String

  init(_ line: Substring.UTF8View) {
    let isSpace = { (octet: UInt8) in octet == 0x20 || octet == 0x09 || octet == 0x0D }
    var text = line.drop(while: isSpace)
    while let last = text.last, isSpace(last) { text.removeLast() }
    let word = text.prefix { !isSpace($0) }
    first = String(Substring(word))
    rest = String(Substring(text[word.endIndex...].drop(while: isSpace)))
  }
}
