import CommandKit
import Glibc
import Reactor

/// Why a password file was not changed.
struct PasswordFileError: Error {
  /// The line for standard error.
  var message: String
}

/// A password file's content, of at most 16 MiB.
func readPasswordFile(_ path: String) throws(PasswordFileError) -> [UInt8] {
  let limit = 1 << 24
  do throws(SystemError) {
    let content = try readFile(path, limit: limit + 1)
    if content.count <= limit { return content }
  } catch { throw PasswordFileError(message: "Error: \(error).") }
  throw PasswordFileError(message: "Error: \(path) is larger than 16 MiB.")
}

/// Replaces a file at once.
func writePasswordFile(_ path: String, _ content: [UInt8]) throws(PasswordFileError) {
  do throws(SystemError) { try replaceFile(path, with: content) } catch {
    throw PasswordFileError(message: "Error: Unable to \(error).")
  }
}

/// Asks twice; a terminal does not show what is typed.
func askForPassword() throws(PasswordFileError) -> [UInt8] {
  var before = termios()
  let isTerminal = tcgetattr(0, &before) == 0
  if isTerminal {
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(0, TCSAFLUSH, &silent)
  }
  defer { if isTerminal { tcsetattr(0, TCSAFLUSH, &before) } }
  if isTerminal { StandardError.write(line: "Password: ") }
  let first = readLine().map { Array($0.utf8) }
  if isTerminal { StandardError.write(line: "Reenter password: ") }
  guard let first, let second = readLine(), first == Array(second.utf8) else {
    throw PasswordFileError(message: "Error: Passwords do not match.")
  }
  return first
}
