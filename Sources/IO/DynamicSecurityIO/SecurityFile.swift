import AccessFiles
import DynamicSecurity
import Glibc
import JSONReading
import JSONTree
import Logins
import Reactor

/// What is wrong with the file of dynamic security: a sentence.
public struct SecurityProblem: Error, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String
}

/// The file that keeps the model: JSON as Mosquitto's dynamic security has it.
public struct SecurityFile: Sendable, Equatable {
  /// Where it is.
  public let path: String
  /// The file with the password of `admin`, should the model have to be made; nil for none.
  public let firstPasswordFile: String?

  private static let bounds = JSONBounds(values: 5_000_000, octets: 1 << 26)

  /// The file at `path`.
  public init(path: String, firstPasswordFile: String? = nil) {
    self.path = path
    self.firstPasswordFile = firstPasswordFile
  }

  /// The model in the file; nil where there is no file.
  public func read() throws(SecurityProblem) -> SecurityModel? {
    let text: [UInt8]
    do throws(SystemError) { text = try readFile(path, limit: Self.bounds.octets + 1) } catch {
      if error.code == ENOENT { return nil }
      throw problem("Unable to read the dynamic security file \(path): \(error).")
    }
    return try model(try tree(text))
  }

  private func tree(_ text: [UInt8]) throws(SecurityProblem) -> JSONValue {
    do throws(JSONFault) { return try JSONValue(text: text, within: Self.bounds) } catch {
      throw problem("The dynamic security file \(path) is not valid JSON: \(error).")
    }
  }

  private func model(_ tree: JSONValue) throws(SecurityProblem) -> SecurityModel {
    do throws(SecurityFileError) { return try SecurityModel(file: tree) } catch {
      throw problem("The dynamic security file \(path) cannot be used: \(error).")
    }
  }

  /// Replaces the file at once. What could not be read again is not written.
  public func write(_ model: SecurityModel) throws(SystemError) {
    let text = Array(model.file.indented.utf8)
    if let fault = Self.bounds.fault(of: text) {
      throw SystemError("write \(path)", reason: "\(fault)")
    }
    try replaceFile(path, with: text)
  }

  private func problem(_ text: String) -> SecurityProblem { SecurityProblem(description: text) }
}
