import Glibc

/// Replaces a file at once, or makes it: another one in the same folder takes its place when it is on
/// the disk. It belongs to whom the old one belonged, and nobody else may read it (0600).
public func replaceFile(_ path: String, with content: [UInt8]) throws(SystemError) {
  var name = Array("\(path).XXXXXX".utf8CString)
  let number = mkstemp(&name)
  guard number >= 0 else { throw .last("write beside \(path)") }
  let descriptor = Descriptor(owning: number)
  keepOwner(of: path, number)
  guard isWritten(content, to: descriptor.number), rename(name, path) == 0 else {
    let error = SystemError.last("write \(path)")
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
