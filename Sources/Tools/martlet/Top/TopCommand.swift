import ClientIO
import CommandKit
import MQTTClient
import Reactor

private let countOption = CommandOption(
  "-n", "--rounds", value: .integer("COUNT", 1...Int.max), summary: "End after COUNT rounds.")

/// `martlet top`: a live table of the gateway's nodes.
let topCommand = Command(
  "top", summary: "Show the lines and nodes of the gateway",
  about: [
    "Connects to the daemon as an MQTT client and shows every line with its frames and errors, and "
      + "every node with its link, state, last reading, age, messages and retransmissions: as a "
      + "table once a second on a terminal, as plain rows for what has changed elsewhere."
  ],
  groups: [OptionGroup("Table", [countOption])] + ClientOptions.groups,
  statuses: ClientStatus.rows
) { (arguments, output) throws(UsageError) in
  let options = try ClientOptions(arguments)
  do throws(SystemError) {
    var stream = try ClientStream()
    var top = Top(options, rounds: arguments.integer(countOption))
    return try top.run(&stream, &output)
  } catch {
    options.complain("\(error).")
    return ClientStatus.failed
  }
}

/// The table and its connection.
private struct Top {
  private let options: ClientOptions
  private var roundsLeft: Int?
  private var table = NodeTable()
  private var status: Int32?
  private var hasHead = false

  init(_ options: ClientOptions, rounds: Int?) {
    self.options = options
    roundsLeft = rounds
  }

  mutating func run(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) throws(SystemError) -> Int32 {
    do throws(OpeningError) {
      try stream.open(
        host: options.hostName, port: options.portNumber, options.settings, until: nil)
    } catch {
      if let words = error.ending.words { options.complain(words) }
      return error.ending.status
    }
    var drawAt = MonotonicClock.now() + 300
    while status == nil {
      if try stream.wait(until: drawAt).contains(.signal) || output.isBroken {
        status = ClientStatus.done
      }
      takeEvents(&stream)
      if stream.isOver, status == nil { end(ClientStatus.failed, "The connection was lost.") }
      if MonotonicClock.now() >= drawAt {
        draw(&output)
        drawAt = MonotonicClock.now() + 1_000
      }
    }
    stream.finish(until: MonotonicClock.now() + 1_000)
    return status ?? ClientStatus.done
  }

  private mutating func takeEvents(_ stream: inout ClientStream) {
    var mustSubscribe = false
    while status == nil, let event = stream.next() {
      switch event {
      case .connected: mustSubscribe = true
      case .message(let message):
        table.take(topic: text(message.header.topicName), value: text(message.payload))
      case .subscribed(let suback) where suback.grantedQoS == nil:
        end(ClientStatus.failed, "All subscription requests were denied.")
      case .closed(let reason, let properties):
        let ending = reason.ending(of: options.settings.version, properties)
        end(ending.status, ending.words)
      default: break
      }
    }
    guard mustSubscribe else { return }
    do throws(ClientError) {
      _ = try stream.subscribe(to: Array(NodeTable.filter.utf8).span, qos: .atMostOnce)
    } catch { end(ClientStatus.failed, "The subscription cannot be sent (\(error)).") }
  }

  private mutating func draw(_ output: inout StandardOutput) {
    let now = WallClock.seconds()
    if let size = output.terminalSize {
      // Home, every line cleared to its end, then all below.
      output.write("\u{1B}[H")
      let address = "\(options.hostName):\(options.portNumber)"
      for line in table.page(of: address, height: size.rows, now: now) {
        output.write("\(String(line.prefix(size.columns)))\u{1B}[K\n")
      }
      output.write("\u{1B}[J")
    } else {
      if !hasHead { output.write(line: table.head) }
      hasHead = true
      if !table.lines.changed.isEmpty { output.write(line: LineTable.head) }
      for name in table.lines.changed.sorted() { output.write(line: table.lines.row(name)) }
      for name in table.changed.sorted() { output.write(line: table.line(name, now: now)) }
    }
    table.settle()
    output.flush()
    if let left = roundsLeft {
      roundsLeft = left - 1
      if left == 1 { status = ClientStatus.done }
    }
  }

  private mutating func end(_ code: Int32, _ words: String?) {
    if let words { options.complain(words) }
    status = code
  }

  private func text(_ bytes: Span<UInt8>) -> String {
    var copy: [UInt8] = []
    for index in 0..<min(bytes.count, 1024) { copy.append(bytes[index]) }
    return String(decoding: copy, as: UTF8.self)
  }
}
