import Glibc

/// What the operating system refused: what was tried, and why it failed.
public struct SystemError: Error, Equatable, CustomStringConvertible {
  /// What was tried, with the name of the file, port or address: "listen on 127.0.0.1:1883".
  public let operation: String
  /// The number in `errno`; 0 when the reason did not come from there (names that do not resolve).
  public let code: Int32
  /// Why it failed, printable: "Address already in use".
  public let reason: String

  /// A failure with the error number `code`.
  public init(_ operation: String, code: Int32) {
    self.operation = operation
    self.code = code
    reason = SystemError.reason(code)
  }

  /// A failure that has no error number.
  public init(_ operation: String, reason: String) {
    self.operation = operation
    code = 0
    self.reason = reason
  }

  /// The failure that `errno` tells of; read before `operation` is put together.
  public static func last(_ operation: @autoclosure () -> String) -> SystemError {
    let code = errno
    return SystemError(operation(), code: code)
  }

  /// The system's words for an error number: "Address already in use" for EADDRINUSE.
  public static func reason(_ code: Int32) -> String {
    guard let text = strerror(code) else { return "Error \(code)" }
    return String(cString: text)
  }

  /// One line for a log: operation and reason.
  public var description: String { "\(operation): \(reason)" }
}
