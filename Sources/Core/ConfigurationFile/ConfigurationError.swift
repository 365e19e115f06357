/// A line of a configuration file that cannot be accepted.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// What is wrong with the line.
  public enum Fault: Error, Equatable {
    /// There is no option of that name.
    case unknown
    /// The option stands alone.
    case empty
    /// The value is not one of those the option takes; `expected` names these.
    case invalid(expected: String)
    /// The option or its value will never be supported, for this reason.
    case refused(String)
    /// The folder cannot be read, for this reason.
    case unreadable(String)
    /// Mosquitto has words of its own for it.
    case worded(String)
    /// The option needs a line of this name before it.
    case misplaced(after: String)
    /// The option changes what options before it have meant.
    case late
  }

  /// The file as it was named.
  public var file: String
  /// The number of the line, from 1.
  public var line: Int
  /// The option's name.
  public var option: String
  /// The rest of the line.
  public var value: String
  /// What is wrong.
  public var fault: Fault

  /// Two lines in Mosquitto's words: what is wrong, and where.
  public var description: String { "Error: \(reason)\nError found at \(file):\(line)." }

  private var reason: String {
    switch fault {
    case .unknown: "Unknown configuration variable \"\(option)\"."
    case .empty: "Empty \(option) value in configuration."
    case .invalid(let expected): "Invalid \(option) value (\(value)). Expected: \(expected)."
    case .refused(let reason): "The \(option) option (value \(value)) is refused: \(reason)."
    case .unreadable(let reason): "Unable to open \(option) '\(value)': \(reason)."
    case .worded(let words): words
    case .misplaced(let before):
      "The \(option) option (value \(value)) must follow a \(before) option."
    case .late: "\(option) must be set before any other security settings."
    }
  }
}
