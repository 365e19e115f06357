import Glibc
import Reactor

/// The numbers of the processes that are brokers, by what /proc says of their command lines.
func runningBrokers() -> [Int32] {
  let names = (try? folderNames("/proc")) ?? []
  return names.compactMap { Int32($0) }.filter { $0 != getpid() && isBroker($0) }.sorted()
}

private func isBroker(_ process: Int32) -> Bool {
  guard let text = try? readTextFile("/proc/\(process)/cmdline") else { return false }
  return isBroker(commandLine: text.split(separator: "\0").map(String.init))
}

/// Whether a process that was started with these words is a broker.
func isBroker(commandLine words: [String]) -> Bool {
  let program = words.first?.split(separator: "/").last.map(String.init)
  return program == "mosquitto" || (program == "martlet" && words.count > 1 && words[1] == "run")
}
