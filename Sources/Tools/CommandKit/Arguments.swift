/// A command line that was read by a command's table: every value is of the kind its option takes.
public struct Arguments: Sendable {
  private struct Occurrence {
    var name: String
    var words: [String]
  }

  private var occurrences: [Occurrence] = []
  /// The words that are no options.
  public private(set) var operands: [String] = []

  init() {}

  mutating func append(_ option: CommandOption, _ words: [String]) {
    occurrences.append(Occurrence(name: option.names[0], words: words))
  }

  /// Adds what another command line says, after this one.
  public mutating func append(_ later: Arguments) {
    occurrences += later.occurrences
    operands += later.operands
  }

  /// Whether the command is not to run, but to tell of itself.
  var isQuestion: Bool { has(.help) || has(.version) }

  mutating func append(operand: String) { operands.append(operand) }

  /// How often the option was given.
  public func count(_ option: CommandOption) -> Int { words(option).count }

  /// Whether the option was given.
  public func has(_ option: CommandOption) -> Bool { count(option) > 0 }

  /// The words of every occurrence of the option, in order.
  public func words(_ option: CommandOption) -> [[String]] {
    occurrences.filter { $0.name == option.names[0] }.map(\.words)
  }

  /// The values of every occurrence of the option, in order.
  public func values(_ option: CommandOption) -> [String] { words(option).compactMap(\.first) }

  /// The option's value; that of the last occurrence counts.
  public func value(_ option: CommandOption) -> String? { values(option).last }

  /// The numbers of every occurrence of an `.integer` option, in order.
  public func integers(_ option: CommandOption) -> [Int] { values(option).compactMap { Int($0) } }

  /// The number of an `.integer` option; that of the last occurrence counts.
  public func integer(_ option: CommandOption) -> Int? { integers(option).last }

  /// The number of a `.decimal` option; that of the last occurrence counts.
  public func decimal(_ option: CommandOption) -> Double? { value(option).flatMap { Double($0) } }
}
