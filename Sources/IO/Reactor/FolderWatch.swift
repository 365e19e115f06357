import CLinux
import Glibc

/// Tells when something changes in some folders: files written, renamed, linked elsewhere or gone.
public struct FolderWatch: ~Copyable {
  private let descriptor: Descriptor

  /// A watch on nothing yet.
  public init() throws(SystemError) {
    let number = linux_inotify()
    guard number >= 0 else { throw .last("watch files") }
    descriptor = Descriptor(owning: number)
  }

  /// The descriptor that is readable when something has changed.
  public var number: Int32 { descriptor.number }

  /// Watches the folder in which the file at `path` is, and the one in which what it is a link to is. What is
  /// watched already stays so.
  public func add(folderOf path: String) throws(SystemError) {
    try add(folder(of: path))
    guard let target = realpath(path, nil) else { return }
    defer { free(target) }
    try add(folder(of: String(cString: target)))
  }

  private func add(_ folder: String) throws(SystemError) {
    guard linux_inotify_add(descriptor.number, folder) >= 0 else {
      throw .last("watch \(folder)")
    }
  }

  /// Makes the descriptor unreadable again.
  public func drain() {
    var events = [UInt8](repeating: 0, count: 4096)
    while read(descriptor.number, &events, events.count) > 0 {}
  }
}

/// What tells one state of some files from another: which files stand behind the names, and when they
/// were changed last.
public struct FileStamps: Equatable, Sendable {
  private struct Stamp: Equatable, Sendable {
    var device: UInt
    var number: UInt
    var size: Int
    var seconds: [Int]
  }

  private var stamps: [String: Stamp] = [:]

  /// Those of the files at `paths`, behind links, now.
  public init(_ paths: [String]) {
    for path in paths {
      var status = stat()
      guard stat(path, &status) == 0 else { continue }
      stamps[path] = Stamp(
        device: status.st_dev, number: status.st_ino, size: status.st_size,
        seconds: [
          status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec,
          status.st_ctim.tv_nsec,
        ])
    }
  }
}
