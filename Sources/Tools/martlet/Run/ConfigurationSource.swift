import ConfigurationFile
import Reactor

/// Where a daemon's configuration comes from: a file, or none, and the command line.
struct ConfigurationSource {
  /// The file; nil for none.
  var path: String?
  /// The ports of the command line.
  var ports: [UInt16]
  /// What else the command line says.
  var amend: (inout Configuration) -> Void = { _ in }

  /// What was read.
  struct Reading {
    var configuration: Configuration
    /// The options that count only when the daemon starts.
    var linesAtStart: [String]
  }

  /// Why nothing can be read, in the words that people are told.
  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  /// Reads the file, and those that it includes.
  func read() throws(Problem) -> Reading {
    var reader = ConfigurationReader()
    if let path { try read(path, by: &reader) }
    var configuration = reader.configuration(ports: ports)
    amend(&configuration)
    return Reading(configuration: configuration, linesAtStart: reader.linesAtStart)
  }

  private func read(_ path: String, by reader: inout ConfigurationReader) throws(Problem) {
    let text: String
    do throws(SystemError) { text = try readTextFile(path) } catch {
      throw Problem(description: "Error: Unable to open config file \(path): \(error).")
    }
    do throws(ConfigurationError) {
      try reader.read(text, file: path, folder: includedFiles)
    } catch {
      throw Problem(description: error.description)
    }
  }
}
