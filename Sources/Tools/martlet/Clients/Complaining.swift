import CommandKit
import Reactor

/// What says on standard error how it goes, unless it is to be quiet (`--quiet`).
protocol Complaining {
  /// Whether it says nothing.
  var isQuiet: Bool { get }
}

extension Complaining {
  /// Says what is not as it should be.
  func warn(_ text: String) {
    if !isQuiet { StandardError.write(line: "Warning: \(text)") }
  }

  /// Says what went wrong.
  func complain(_ text: String) {
    if !isQuiet { StandardError.write(line: "Error: \(text)") }
  }

  /// The exit status that `body` gives; what the system refuses it is told of.
  func attempt(_ body: () throws(SystemError) -> Int32) -> Int32 {
    do throws(SystemError) { return try body() } catch {
      complain("\(error).")
      return ClientStatus.failed
    }
  }
}
