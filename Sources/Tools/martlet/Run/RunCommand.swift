import AccessFiles
import CommandKit
import ConfigurationFile
import Glibc
import Reactor

private let fileOption = CommandOption(
  "-c", "--config-file", value: .file("FILE"), summary: "Read the configuration from FILE.")
private let daemonOption = CommandOption(
  "-d", "--daemon",
  summary:
    "Go into the background once all ports are open. Nothing is written to the terminal then.")
private let portOption = CommandOption(
  "-p", "--port", value: .integer("PORT", 0...65_535),
  summary: "Listen on PORT of the loopback addresses. Repeatable; ignored when FILE has listeners.")
private let testOption = CommandOption(
  "--test-config", summary: "Only say whether the configuration can be used: status 0, or 3.")
private let verboseOption = CommandOption(
  "-v", "--verbose", summary: "Log everything, whatever log_type says.")
private let quietOption = CommandOption(
  "-q", "--quiet", summary: "Log nothing, whatever log_dest says.")
private let keyLogOption = CommandOption(
  "--tls-keylog", value: .file("FILE"),
  summary: "Append the secrets of all TLS sessions to FILE, so that recorded traffic can be read: "
    + "for tests only.")
/// As many ports as Mosquitto takes.
private let portLimit = 10

/// `martlet run`: the daemon.
let runCommand = Command(
  "run", aliases: ["mosquitto"], summary: "Run the broker and the MQTT-SN gateway",
  about: [
    "Without a configuration file the daemon listens for MQTT on port 1883 and for MQTT-SN on UDP "
      + "port 1884, on the loopback addresses only, and lets anonymous clients in."
  ],
  groups: [
    OptionGroup(
      "Options",
      [
        fileOption, daemonOption, portOption, testOption, verboseOption, quietOption,
        keyLogOption,
      ])
  ],
  statuses: [
    ExitStatus(0, "Ended by SIGTERM or SIGINT."),
    ExitStatus(1, "A port is taken, or something else that the configuration names cannot be had."),
    ExitStatus(3, "A wrong option or a wrong configuration file."),
  ],
  usageStatus: 3
) { arguments, _ throws(UsageError) in
  guard arguments.count(portOption) <= portLimit else {
    throw UsageError("Only \(portLimit) ports can be specified on the command line.")
  }
  let source = ConfigurationSource(arguments)
  let read: ConfigurationSource.Reading
  do throws(ConfigurationSource.Problem) { read = try source.read() } catch {
    StandardError.write(line: error.description)
    return 3
  }
  let files: AccessFileContents
  let security: SecurityStart?
  do throws(AccessProblem) {
    files = try AccessFileContents(read.configuration)
    security = try read.configuration.securityStart(isTest: arguments.has(testOption))
  } catch {
    StandardError.write(line: "Error: \(error)")
    return 3
  }
  if arguments.has(testOption) {
    StandardError.write(line: "Configuration file is OK.")
    return 0
  }
  do throws(SystemError) {
    let background = arguments.has(daemonOption) ? try Background() : nil
    try Daemon.run(read, of: source, files, security, background: background)
    return 0
  } catch {
    StandardError.write(line: "Error: \(error)")
    return 1
  }
}

extension Configuration {
  /// Has the secrets of TLS written to a file, and warns of it.
  fileprivate mutating func logKeys(_ path: String?) {
    guard let path else { return }
    keyLogFile = path
    notices.append(TLSKeyLog.warning(path))
  }
}

extension LogSettings {
  /// The command line counts more than the file.
  fileprivate mutating func obey(_ arguments: Arguments) {
    if arguments.has(verboseOption) { types = .all }
    if arguments.has(quietOption) { types = [] }
    guard arguments.has(daemonOption) else { return }
    toStandardError = false
    toStandardOutput = false
  }
}

extension ConfigurationSource {
  fileprivate init(_ arguments: Arguments) {
    self.init(
      path: arguments.value(fileOption),
      ports: arguments.integers(portOption).map { UInt16(clamping: $0) }
    ) { configuration in
      configuration.logging.obey(arguments)
      configuration.logKeys(arguments.value(keyLogOption))
    }
  }
}
