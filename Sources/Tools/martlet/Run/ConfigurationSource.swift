import ConfigurationFile

/// A configuration that cannot be read, in Mosquitto's words.
struct ConfigurationProblem: Error, CustomStringConvertible {
  let description: String
}

/// Where the configuration comes from, so that it can be read again.
struct ConfigurationSource: Sendable {
  /// The main file; nil for none.
  let path: String?
  /// The ports of the command line.
  let ports: [UInt16]

  /// Reads the file, and those that it includes.
  func read() throws(ConfigurationProblem) -> Configuration {
    guard let path else { return .withoutFile(ports: ports) }
    do {
      var reader = ConfigurationReader()
      try reader.read(try readTextFile(path), file: path, folder: includedFiles)
      return reader.configuration(ports: ports)
    } catch let error as ConfigurationError {
      throw ConfigurationProblem(description: error.description)
    } catch {
      throw ConfigurationProblem(
        description: "Error: Unable to open config file \(path): \(error).")
    }
  }
}
