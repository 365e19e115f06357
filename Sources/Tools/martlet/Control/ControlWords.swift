import JSONTree

/// The words after a module's name are none that it knows.
struct ControlWordsError: Error {
  let message: String
  /// The exit status, Mosquitto's.
  let status: Int32

  /// Words that do not go with a command.
  static func invalid(_ message: String) -> ControlWordsError {
    ControlWordsError(message: message, status: 3)
  }
}

/// A command of a control topic, and the words that stand for it on a command line.
struct ControlWords: Sendable {
  /// What a word stands for in the JSON of the command.
  enum Word: Sendable {
    /// A text.
    case text(String)
    /// A whole number.
    case number(String)
    /// `allow` or `deny`.
    case access
    /// One of these.
    case choice(String, [String])
  }

  let name: String
  let needed: [Word]
  let optional: [Word]

  init(_ name: String, _ needed: [Word] = [], optional: [Word] = []) {
    self.name = name
    self.needed = needed
    self.optional = optional
  }

  /// The members of the command that some words stand for.
  func members(_ words: [String]) throws(ControlWordsError) -> [JSONMember] {
    guard words.count >= needed.count, words.count <= needed.count + optional.count else {
      throw .invalid("\(name) takes these words: \(usage)")
    }
    var members: [JSONMember] = []
    for (word, text) in zip(needed + optional, words) { members.append(try member(word, text)) }
    return members
  }

  private func member(_ word: Word, _ text: String) throws(ControlWordsError) -> JSONMember {
    switch word {
    case .text(let name): return JSONMember(name, .text(text))
    case .number(let name):
      guard let number = Int32(text) else { throw .invalid("\(name) must be a number.") }
      return JSONMember(name, .integer(Int(number)))
    case .access:
      guard text == "allow" || text == "deny" else {
        throw .invalid("access must be \"allow\" or \"deny\".")
      }
      return JSONMember("allow", .bool(text == "allow"))
    case .choice(let name, let choices):
      guard let choice = choices.first(where: { isSameWord($0, text) }) else {
        throw .invalid("\(name) must be one of \(choices.joined(separator: ", ")).")
      }
      return JSONMember(name, .text(choice))
    }
  }

  /// The words as help shows them.
  var usage: String {
    (needed.map { "<\($0.name)>" } + optional.map { "[\($0.name)]" }).joined(separator: " ")
  }
}

extension ControlWords.Word {
  fileprivate var name: String {
    switch self {
    case .text(let name), .number(let name), .choice(let name, _): name
    case .access: "allow|deny"
    }
  }
}
