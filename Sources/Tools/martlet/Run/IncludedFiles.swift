import ConfigurationFile
import Glibc
import Reactor

/// The files of a folder whose names end in ".conf", by the octets of their names.
func includedFiles(
  _ folder: String
) throws(ConfigurationError.Fault) -> [(path: String, text: String)] {
  var files: [(path: String, text: String)] = []
  for name in try configurationNames(folder) {
    let path = "\(folder)/\(name)"
    do throws(SystemError) { files.append((path, try readTextFile(path))) } catch {
      throw .unreadable(error.reason)
    }
  }
  return files
}

private func configurationNames(_ folder: String) throws(ConfigurationError.Fault) -> [String] {
  guard let stream = opendir(folder) else { throw .unreadable(SystemError.reason(errno)) }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
      name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name.hasSuffix(".conf") { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
