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
  private let lock: Descriptor

  /// Waits until nobody else has the file, or another one of its folder.
  init(_ path: String) throws(PasswordFileError) {
    let path = try Self.target(of: path)
    let number = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    self.path = path
    lock = Descriptor(owning: number)
    guard number >= 0 else { throw .last("open the folder of", path) }
    // Some file systems know no locks of folders: NFS answers EBADF.
    guard flock(number, LOCK_EX) == 0 || [EBADF, ENOLCK, EOPNOTSUPP].contains(errno) else {
      throw .last("lock the folder of", path)
    }
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

  /// Replaces the file at once.
  func replace(with content: [UInt8]) throws(PasswordFileError) {
    do throws(SystemError) { try replaceFile(path, with: content, keepsGroup: true) } catch {
      throw PasswordFileError(message: "Error: \(error).")
    }
  }
}
