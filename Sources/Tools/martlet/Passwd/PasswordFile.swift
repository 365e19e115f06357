import CommandKit
import Glibc
import Reactor

/// Why a password file was not changed.
struct PasswordFileError: Error {
  /// The line for standard error.
  var message: String

  /// What the last system call on `path` met.
  static func last(_ action: String, _ path: String) -> PasswordFileError {
    PasswordFileError(
      message: "Error: Unable to \(action) \(path): \(String(cString: strerror(errno))).")
  }
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

/// Replaces a file at once: another one in the same folder takes its place when it is on the disk.
func writePasswordFile(_ path: String, _ content: [UInt8]) throws(PasswordFileError) {
  var name = Array("\(path).XXXXXX".utf8CString)
  let number = mkstemp(&name)
  guard number >= 0 else { throw .last("write beside", path) }
  let descriptor = Descriptor(owning: number)
  keepOwner(of: path, number)
  guard isWritten(content, to: descriptor.number, mode: mode(of: path)), rename(name, path) == 0
  else {
    let error = PasswordFileError.last("write", path)
    unlink(name)
    throw error
  }
}

/// Gives the new file to whom the old one belongs: a daemon without the rights of root reads it.
private func keepOwner(of path: String, _ number: Int32) {
  var old = stat()
  guard stat(path, &old) == 0 else { return }
  _ = fchown(number, old.st_uid, old.st_gid)
}

/// For the owner alone; in a folder that gives its files to its own group (setgid) for that to read:
/// the group of a daemon without the rights of root.
private func mode(of path: String) -> mode_t {
  let end = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
  var folder = stat()
  guard stat("\(path[..<end]).", &folder) == 0, folder.st_mode & S_ISGID != 0 else { return 0o600 }
  return 0o640
}

private func isWritten(_ content: [UInt8], to number: Int32, mode: mode_t) -> Bool {
  var rest = content[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return false }
    rest.removeFirst(count)
  }
  return fchmod(number, mode) == 0 && fsync(number) == 0
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
