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

/// A password file that nobody else who asks for it this way changes meanwhile.
final class PasswordFile {
  /// The largest content in octets: 16 MiB.
  private static let limit = 1 << 24

  /// Where the file is, behind links.
  let path: String
  /// Locked: the file itself is another one after each change.
  private let folder: Descriptor

  /// Waits until nobody else has the file, or another one of its folder.
  init(_ path: String) throws(PasswordFileError) {
    let path = try Self.target(of: path)
    let number = open(Self.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    self.path = path
    folder = Descriptor(owning: number)
    guard number >= 0 else { throw .last("open the folder of", path) }
    // Some file systems know no locks of folders: NFS answers EBADF.
    guard flock(number, LOCK_EX) == 0 || [EBADF, ENOLCK, EOPNOTSUPP].contains(errno) else {
      throw .last("lock the folder of", path)
    }
  }

  private static func folder(of path: String) -> String {
    guard let end = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return String(path[...end])
  }

  /// Where a path leads to: as with Mosquitto not behind a symbolic link, which somebody else may have
  /// put there, unless the environment allows it.
  private static func target(of path: String) throws(PasswordFileError) -> String {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return path }
    guard getenv("MOSQUITTO_UNSAFE_ALLOW_SYMLINKS") != nil else {
      throw PasswordFileError(
        message: "Error: \(path) is a symbolic link. Name the file itself, or set "
          + "MOSQUITTO_UNSAFE_ALLOW_SYMLINKS.")
    }
    guard let target = realpath(path, nil) else { throw .last("follow", path) }
    defer { free(target) }
    return String(cString: target)
  }

  /// The content.
  func content() throws(PasswordFileError) -> [UInt8] {
    do throws(SystemError) {
      let content = try readFile(path, limit: Self.limit + 1)
      if content.count <= Self.limit { return content }
    } catch { throw PasswordFileError(message: "Error: \(error).") }
    throw PasswordFileError(message: "Error: \(path) is larger than 16 MiB.")
  }

  /// Replaces the file at once: another one in the same folder takes its place when it is on the disk.
  func replace(with content: [UInt8]) throws(PasswordFileError) {
    var name = Array("\(path).XXXXXX".utf8CString)
    let number = mkstemp(&name)
    guard number >= 0 else { throw .last("write beside", path) }
    let descriptor = Descriptor(owning: number)
    keepOwner(number)
    guard isWritten(content, to: descriptor.number), rename(name, path) == 0 else {
      let error = PasswordFileError.last("write", path)
      unlink(name)
      throw error
    }
    _ = fsync(folder.number)
  }

  /// Gives the new file to whom the old one belongs: a daemon without the rights of root reads it.
  private func keepOwner(_ number: Int32) {
    var old = stat()
    guard stat(path, &old) == 0 else { return }
    _ = fchown(number, old.st_uid, old.st_gid)
  }

  private func isWritten(_ content: [UInt8], to number: Int32) -> Bool {
    var rest = content[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest.removeFirst(count)
    }
    return fchmod(number, 0o600) == 0 && fsync(number) == 0
  }
}
