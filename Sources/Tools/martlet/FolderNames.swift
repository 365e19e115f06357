import Glibc
import Reactor

/// The names of what is in a folder, in no order; no more than `limit` of them.
func folderNames(_ path: String, limit: Int = .max) throws(SystemError) -> [String] {
  guard let stream = opendir(path) else { throw .last("open \(path)") }
  defer { closedir(stream) }
  var names: [String] = []
  while names.count < limit, let entry = readdir(stream) {
    names.append(
      withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      })
  }
  return names
}
