import ConfigurationFile
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
  do throws(SystemError) {
    return try folderNames(folder).filter { $0.hasSuffix(".conf") }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  } catch {
    throw .unreadable(error.reason)
  }
}
