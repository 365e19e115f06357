/// A line of an access file that cannot be accepted.
public struct AccessFileError: Error, Equatable, CustomStringConvertible {
  /// The number of the line, from 1.
  public var line: Int
  /// What is wrong with it.
  public var reason: String

  /// One line: what is wrong, and where.
  public var description: String { "line \(line): \(reason)" }
}

/// What is wrong with a line, for those who do not know its number.
struct LineFault: Error {
  var reason: String
}

/// Hands on every line of an access file that says something, without the CR of a CR LF: neither the
/// empty ones nor comments, whose first character is `#`.
func readLines(
  of text: String, _ take: (Substring.UTF8View) throws(LineFault) -> Void
) throws(AccessFileError) {
  var number = 0
  for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
    number += 1
    let said = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    guard !said.isEmpty, said.first != UInt8(ascii: "#") else { continue }
    do throws(LineFault) { try take(said) } catch {
      throw AccessFileError(line: number, reason: error.reason)
    }
  }
}
