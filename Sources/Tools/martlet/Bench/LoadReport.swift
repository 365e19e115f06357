import CommandKit
import MQTTTerms

/// What a run prints: a word, and figures with their units.
enum LoadReport {
  /// The lines of a run that has published.
  static func load(
    _ run: borrowing LoadRun, _ interval: LoadInterval, _ output: inout StandardOutput
  ) {
    let plan = run.plan
    write("load", load(plan), &output)
    write("messages", messages(run.counts, interval, plan), &output)
    if !plan.processes.isEmpty { write("process", process(interval), &output) }
    if plan.isTimed {
      let name = plan.peer == .echo ? "round trip" : "PUBLISH to subscriber"
      if plan.peer == .gateway { write("latency", run.answerTimes, "PUBLISH to PUBACK", &output) }
      write("latency", run.arrivalTimes, name, &output)
    }
    write(
      "generator", "takes \(share(interval.ownTime, interval.length)) of a core itself", &output)
  }

  /// The lines of a run that has only connected its nodes.
  static func connected(
    _ plan: LoadPlan, from start: ProcessFigures, to end: ProcessFigures,
    _ output: inout StandardOutput
  ) {
    write("nodes", "\(plan.nodes) connected", &output)
    guard !plan.processes.isEmpty else { return }
    let growth = max(end.memory - start.memory, 0)
    write(
      "memory",
      "\(mebibytes(start.memory)) MiB before, \(mebibytes(end.memory)) MiB after, "
        + "\(growth / plan.nodes) octets a node", &output)
  }

  private static func load(_ plan: LoadPlan) -> String {
    let target = plan.peer == .echo ? "an echo" : "a gateway"
    return
      "\(target), \(plan.nodes) nodes, QoS \(plan.qos.rawValue) to \(plan.subscriberQoS.rawValue), window \(plan.window), "
      + "payload \(plan.payload) octets"
  }

  private static func messages(
    _ counts: LoadCounts, _ interval: LoadInterval, _ plan: LoadPlan
  ) -> String {
    let seconds = Double(interval.length) / 1e9
    var words = "\(interval.arrived) in \(decimal(seconds, 1)) s, "
    words += "\(decimal(Double(interval.arrived) / seconds, 0)) a second, "
    if counts.isWhole { return words + "nothing lost" }
    return words + "\(counts.lost) lost, \(counts.refused) refused, \(counts.surplus) unasked"
  }

  private static func process(_ interval: LoadInterval) -> String {
    let used = interval.end.processor - interval.start.processor
    let each = Double(used) / 1000 / Double(max(interval.arrived, 1))
    return "\(decimal(each, 2)) µs of processor time a message, "
      + "\(share(used, interval.length)) of a core, \(mebibytes(interval.end.memory)) MiB"
  }

  private static func write(
    _ word: String, _ times: Latencies, _ what: String, _ output: inout StandardOutput
  ) {
    let figures = [
      ("p50", times.quantile(0.5)), ("p99", times.quantile(0.99)), ("max", times.longest),
    ]
    let words = figures.map { "\($0.0) \(decimal(Double($0.1) / 1000, 1)) µs" }
    write(word, "\(what) \(words.joined(separator: ", "))", &output)
  }

  private static func write(_ word: String, _ text: String, _ output: inout StandardOutput) {
    output.write(line: word + String(repeating: " ", count: max(11 - word.count, 1)) + text)
  }

  private static func share(_ part: UInt64, _ whole: UInt64) -> String {
    "\(decimal(Double(part) * 100 / Double(whole), 1)) %"
  }

  private static func mebibytes(_ octets: Int) -> String { decimal(Double(octets) / 1_048_576, 1) }

  /// A number that is 0 or above, with so many decimals (0...9).
  static func decimal(_ value: Double, _ places: Int) -> String {
    var scale: UInt64 = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = UInt64(min(max(value, 0) * Double(scale), 1e18).rounded())
    guard places > 0 else { return "\(scaled)" }
    let fraction = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
  }
}

extension LoadInterval {
  /// The processor time of the generator, in nanoseconds.
  fileprivate var ownTime: UInt64 { end.own - start.own }
}
