/// What there is to tell of one option.
public struct OptionRow: Sendable {
  /// Where an option may stand.
  public enum Place: String, Sendable {
    /// Anywhere in the file.
    case anywhere
    /// After a `listener`, or before all of them for the default one.
    case listenerOrDefault = "listener, or before any"
    /// Anywhere; with `per_listener_settings` after a `listener`.
    case security = "any, or listener with per_listener_settings"
    /// After a `listener`.
    case listener
    /// After a `serial`.
    case serialLine = "serial"
    /// After a `connection`.
    case bridge = "connection"
  }

  /// The option's name.
  public let name: String
  /// Where it may stand.
  public let place: Place
  /// What it takes, in few words.
  public let value: String
  /// The value without the option; empty where there is none.
  public let initial: String
  /// What it is for.
  public let meaning: String
  /// The topic below `$SYS/broker/` that counts what it has kept from happening.
  public let counter: String?
}

extension Configuration {
  /// Every option, in the order of the documentation.
  public static var options: [OptionRow] { Directive.all.map(\.row) }
}
