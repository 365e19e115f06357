/// What a fuzz target has found: something that must not be.
public struct Finding: Error, CustomStringConvertible {
  /// What it is, with the octets that show it.
  public var description: String

  /// A finding of that description.
  public init(_ description: String) { self.description = description }
}

/// Throws a finding unless `condition` holds.
public func demand(_ condition: Bool, _ description: @autoclosure () -> String) throws {
  if !condition { throw Finding(description()) }
}

/// The octets in hexadecimal digits, as the tests' vectors have them.
public func hexadecimal(_ octets: [UInt8]) -> String {
  octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
