import ConfigurationFile
import Fuzzing

/// Reads octets as a configuration file that includes another one: the first octet says where the one
/// ends and the other begins.
public func fuzzConfiguration(_ octets: [UInt8]) throws {
  var input = FuzzInput(octets)
  let count = 4 * input.below(256)
  let main = String(decoding: input.octets(count), as: UTF8.self)
  let included = String(decoding: input.rest(), as: UTF8.self)
  let said = result(main, included)
  switch said {
  case .failure(let error): try check(error, main, included)
  case .success(let configuration):
    _ = configuration.contradictions
    try demand(!configuration.listeners.isEmpty, "\(main): nothing to listen on")
    for text in configuration.notices { try demand(!text.isEmpty, main) }
  }
  try demand(
    described(result(withLineEndsOfWindows(main), withLineEndsOfWindows(included)))
      == described(said), "\(main): line ends matter")
  try demand(
    described(result("\(main)\n# more\n\n", included)) == described(said), "\(main): a comment")
}

private func check(_ error: ConfigurationError, _ main: String, _ included: String) throws {
  let text = error.file == "main" ? main : included
  let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  try demand((1...lines.count).contains(error.line), "\(error)")
  let line = Array(lines[error.line - 1])
  try demand(line.contains(Array(error.option.utf8)), "\(hexadecimal(line)): \(error)")
  // A secret is not shown.
  let isShown = error.value != "..."
  try demand(!isShown || line.contains(Array(error.value.utf8)), "\(hexadecimal(line)): \(error)")
  try demand(error.description.hasSuffix("Error found at \(error.file):\(error.line)."), "\(error)")
}

private func result(
  _ main: String, _ included: String
) -> Result<Configuration, ConfigurationError> {
  var reader = ConfigurationReader()
  do throws(ConfigurationError) {
    try reader.read(main, file: "main") { _ throws(ConfigurationError.Fault) in
      [(path: "included", text: included)]
    }
    return .success(reader.configuration())
  } catch { return .failure(error) }
}

private func described(_ result: Result<Configuration, ConfigurationError>) -> String {
  switch result {
  case .success(let configuration): "\(configuration)"
  case .failure(let error): "\(error)"
  }
}
