import CommandKit
import Glibc
import Reactor

private let allOption = CommandOption(
  "-a", summary: "Signal every broker on this machine that may be signalled.")
private let processOption = CommandOption(
  "-p", value: .integer("PID", 1...Int(Int32.max)), summary: "Signal the process PID.")

/// The names that Mosquitto has for what its signals do.
private let signals: KeyValuePairs<String, Int32> = [
  "config-reload": SIGHUP, "log-rotate": logRotation, "shutdown": SIGTERM, "tree-print": SIGUSR2,
  "xtreport": SIGUSR2,
]

/// `martlet signal`: tells running brokers to do something.
let signalCommand = Command(
  "signal", aliases: ["mosquitto_signal"], summary: "Tell running brokers to do something",
  about: [
    "config-reload has the configuration read again (SIGHUP), log-rotate the log file opened anew "
      + "(SIGRTMIN), shutdown ends the broker (SIGTERM), tree-print and xtreport have it print its "
      + "subscriptions and retained messages to its standard output (SIGUSR2).",
    "Brokers are processes that run as mosquitto, or as martlet run.",
  ],
  groups: [OptionGroup("Options", [allOption, processOption])],
  operands: [Operand("SIGNAL")],
  statuses: [
    ExitStatus(0, "The signal was sent."),
    ExitStatus(1, "There is no such process, or it may not be signalled; or a wrong option."),
  ]
) { arguments, output throws(UsageError) in
  let name = arguments.operands.first ?? ""
  guard let signal = signals.first(where: { $0.key == name })?.value else {
    let names = signals.map(\.key).joined(separator: ", ")
    throw UsageError("Unknown signal '\(name)': there are \(names).")
  }
  guard arguments.has(allOption) != arguments.has(processOption) else {
    throw UsageError("Either -a or -p PID is needed.")
  }
  if let process = arguments.integer(processOption) {
    return send(signal, to: Int32(clamping: process)) ? 0 : 1
  }
  let brokers = runningBrokers()
  if brokers.isEmpty { StandardError.write(line: "Error: No broker is running.") }
  let sent = brokers.map { send(signal, to: $0) }
  return sent.contains(true) ? 0 : 1
}

private func send(_ signal: Int32, to process: Int32) -> Bool {
  if kill(process, signal) == 0 { return true }
  let error = SystemError.last("signal process \(process)")
  StandardError.write(line: "Error: Unable to \(error).")
  return false
}
