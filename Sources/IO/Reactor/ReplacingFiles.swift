import Glibc

/// Replaces a file at once: another one in the same folder takes its place when it is on the disk. Only
/// its owner may read it, and with `keepsGroup` its group if that could before. A new file is then for
/// the group to read in a folder that gives its files to its own group (setgid): of a daemon without
/// the rights of root.
public func replaceFile(
  _ path: String, with content: [UInt8], keepsGroup: Bool = false
) throws(SystemError) {
  var name = Array("\(path).XXXXXX".utf8CString)
  let number = mkstemp(&name)
  guard number >= 0 else { throw .last("write beside \(path)") }
  let descriptor = Descriptor(owning: number)
  keepOwner(of: path, number)
  let mode = keepsGroup ? mode(of: path) : 0o600
  guard isWritten(content, to: descriptor.number, mode: mode), rename(name, path) == 0 else {
    let error = SystemError.last("write \(path)")
    unlink(name)
    throw error
  }
  saveFolder(of: path)
}

/// Gives the new file to whom the old one belongs: a daemon without the rights of root reads it.
private func keepOwner(of path: String, _ number: Int32) {
  var old = stat()
  guard stat(path, &old) == 0 else { return }
  _ = fchown(number, old.st_uid, old.st_gid)
}

private func mode(of path: String) -> mode_t {
  var status = stat()
  if stat(path, &status) == 0 { return 0o600 | (status.st_mode & 0o040) }
  let isGroups = stat(folder(of: path), &status) == 0 && status.st_mode & S_ISGID != 0
  return isGroups ? 0o640 : 0o600
}

/// The folder that a path's last part is in.
public func folder(of path: String) -> String {
  guard let end = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  return String(path[...end])
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

/// Puts the new name on the disk too.
private func saveFolder(of path: String) {
  let number = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard number >= 0 else { return }
  _ = fsync(number)
  close(number)
}
