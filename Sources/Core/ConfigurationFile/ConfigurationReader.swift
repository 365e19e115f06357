/// Reads the text of configuration files in mosquitto.conf's form, then gives the configuration.
///
/// One option to a line: a name, a space, the value to the end of the line. A line is a comment
/// when `#` is its very first character.
public struct ConfigurationReader: Sendable {
  private var draft = ConfigurationDraft()
  /// The options so far that count only when the daemon starts, in their order.
  public private(set) var linesAtStart: [String] = []

  /// A reader that has read nothing: it gives the configuration that holds without a file.
  public init() {}

  /// Gives the files of a folder whose names end in ".conf", by the octets of their names.
  public typealias Folder = (String) throws(ConfigurationError.Fault) -> [(
    path: String, text: String
  )]

  /// Reads `text`, the contents of the file that errors name as `file`. Where it says `include_dir`
  /// the files that `folder` gives are read; without one, and in those files, that is refused.
  public mutating func read(
    _ text: String, file: String, folder: Folder? = nil
  ) throws(ConfigurationError) {
    var number = 0
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for line in lines {
      number += 1
      if let folder, let name = Substring(line).includedFolder {
        try readFiles(of: name, folder, number, file)
      } else {
        try read(line: Substring(line), number, file)
      }
    }
  }

  private mutating func readFiles(
    of name: String, _ folder: Folder, _ number: Int, _ file: String
  ) throws(ConfigurationError) {
    let files: [(path: String, text: String)]
    do throws(ConfigurationError.Fault) { files = try folder(name) } catch {
      throw ConfigurationError(
        file: file, line: number, option: "include_dir", value: name, fault: error)
    }
    for included in files { try read(included.text, file: included.path) }
  }

  /// The configuration; `ports` are those of the command line (`-p`): MQTT listens on them, on
  /// loopback only, unless the file asks for a listener. MQTT-SN is then one above the first.
  public func configuration(ports: [UInt16] = []) -> Configuration {
    draft.finished(ports: ports)
  }

  private mutating func read(line: Substring, _ number: Int, _ file: String)
    throws(ConfigurationError)
  {
    let (option, value) = line.trimmed.firstWord
    if line.utf8.first == UInt8(ascii: "#") || option.isEmpty { return }
    do throws(ConfigurationError.Fault) {
      try read(option: String(option), value)
    } catch {
      throw ConfigurationError(
        file: file, line: number, option: String(option),
        value: Directive.isSecret(option) ? "..." : String(value), fault: error)
    }
  }

  private mutating func read(option: String, _ value: Substring)
    throws(ConfigurationError.Fault)
  {
    if let reason = Directive.refusal(of: option, value) { throw .refused(reason) }
    guard let directive = Directive.named(option) else { throw .unknown }
    if value.isEmpty { throw .empty }
    try directive.apply(&draft, value)
    if !directive.row.isReadAgain { linesAtStart.append("\(option) \(value)") }
  }
}

extension Configuration {
  /// Why the options do not go together, for each listener and bridge that cannot be opened; nothing is opened then.
  public var contradictions: [String] {
    var faults = listeners.compactMap { listener in
      listener.contradiction.map { "The listener on port \(listener.port) \($0)." }
    }
    if listeners.contains(where: {
      $0.tls.sharedKeyHint != nil && security(of: $0).sharedKeyFile == nil
    }) {
      faults.append("psk_hint needs psk_file.")
    }
    for (index, bridge) in bridges.enumerated() {
      guard let fault = bridge.contradiction ?? contradiction(ofBridge: index) else { continue }
      faults.append("Invalid bridge configuration: \(fault) (connection \(bridge.name)).")
    }
    return faults + pluginFaults
  }

  /// Two bridges with one session would take it from each other for ever.
  private func contradiction(ofBridge index: Int) -> String? {
    let name = bridges[index].localName
    guard let other = bridges[..<index].first(where: { $0.localName == name }) else { return nil }
    return "the same local_clientid as that of connection \(other.name)"
  }

  /// The configuration that the file's `text` says.
  public init(text: String, file: String, ports: [UInt16] = []) throws(ConfigurationError) {
    var reader = ConfigurationReader()
    try reader.read(text, file: file)
    self = reader.configuration(ports: ports)
  }

  /// The configuration without a file: MQTT on `ports` or 1883 and MQTT-SN on the next, on
  /// loopback only, anonymous.
  public static func withoutFile(ports: [UInt16] = []) -> Configuration {
    ConfigurationReader().configuration(ports: ports)
  }
}

extension Substring {
  /// The folder that the line includes, if it does that.
  fileprivate var includedFolder: String? {
    let (option, value) = trimmed.firstWord
    return option == "include_dir" && !value.isEmpty ? String(value) : nil
  }

  /// Without the spaces around it, and without the CR of a CR LF.
  var trimmed: Substring {
    var rest = utf8.drop { $0 == UInt8(ascii: " ") }
    while let last = rest.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\r") {
      rest.removeLast()
    }
    return Substring(rest)
  }

  /// The text before the first space, and what follows it from the next other character on. A word
  /// in quotation marks may hold spaces.
  var firstWord: (word: Substring, rest: Substring) {
    if utf8.first == UInt8(ascii: "\""),
      let end = utf8.dropFirst().firstIndex(of: UInt8(ascii: "\""))
    {
      let start = utf8.index(after: startIndex)
      return (self[start..<end], self[utf8.index(after: end)...].trimmed)
    }
    let word = Substring(utf8.prefix { $0 != UInt8(ascii: " ") })
    return (word, self[word.endIndex...].trimmed)
  }
}
