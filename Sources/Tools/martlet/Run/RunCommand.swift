import AccessFiles
import CommandKit
import ConfigurationFile
import Glibc
import Reactor

private let fileOption = CommandOption(
  "-c", "--config-file", value: .file("FILE"), summary: "Read the configuration from FILE.")
private let portOption = CommandOption(
  "-p", "--port", value: .integer("PORT", 0...65_535),
  summary: "Listen on PORT of the loopback addresses. Repeatable; ignored when FILE has listeners.")
private let testOption = CommandOption(
  "--test-config", summary: "Only say whether the configuration can be used: status 0, or 3.")
private let verboseOption = CommandOption(
  "-v", "--verbose", summary: "Log everything, whatever log_type says.")

/// `martlet run`: the daemon.
let runCommand = Command(
  "run", aliases: ["mosquitto"], summary: "Run the broker and the MQTT-SN gateway",
  about: [
    "Without a configuration file the daemon listens for MQTT on port 1883 and for MQTT-SN on UDP "
      + "port 1884, on the loopback addresses only, and lets anonymous clients in."
  ],
  groups: [OptionGroup("Options", [fileOption, portOption, testOption, verboseOption])],
  statuses: [
    ExitStatus(0, "Ended by SIGTERM or SIGINT."),
    ExitStatus(1, "A port is taken, or something else that the configuration names cannot be had."),
    ExitStatus(3, "A wrong option or a wrong configuration file."),
  ],
  usageStatus: 3
) { arguments, _ in
  let source = ConfigurationSource(
    path: arguments.value(fileOption),
    ports: arguments.integers(portOption).map { UInt16(clamping: $0) })
  let configuration: Configuration
  do throws(ConfigurationProblem) { configuration = try source.read() } catch {
    StandardError.write(line: error.description)
    return 3
  }
  let files: AccessFileContents
  do throws(AccessProblem) { files = try AccessFileContents(configuration) } catch {
    StandardError.write(line: "Error: \(error)")
    return 3
  }
  if arguments.has(testOption) {
    StandardError.write(line: "Configuration file is OK.")
    return 0
  }
  do throws(SystemError) {
    try Daemon.run(configuration, files, from: source, isVerbose: arguments.has(verboseOption))
    return 0
  } catch {
    StandardError.write(line: "Error: \(error)")
    return 1
  }
}
