// Lines about nodes of the gateway.
extension TranscriptRunner {
  /// Whether a line is about a node: clients of the broker are called `mqtt…` there.
  func isNode(_ name: String) -> Bool { transcript.hasNodes && !name.hasPrefix("mqtt") }

  mutating func performNode(_ name: String, _ words: [Substring]) throws {
    let rest = words.dropFirst(2)
    switch words[1] {
    case ">": try sendNode(name, rest)
    case "<" where rest == ["nothing"]: try expectNoDatagram(name)
    case "<" where rest.first == "hex": try expect(name, octets: try TranscriptRunner.hex(rest))
    case "<": try expect(name, try NodeMessage(rest))
    case "<?": try expect(name, perhaps: try NodeMessage(rest))
    case "at": try put(name, rest)
    case "connects": try connectNode(name, rest)
    case "registers": try register(name, rest)
    case "subscribes": try subscribeNode(name, rest)
    case "sleeps": try fallAsleep(name, rest)
    case "leaves":
      try sendNode(name, ["DISCONNECT"])
      try expect(name, NodeMessage(name: "DISCONNECT"))
    default: throw BadLine(what: "a node does not \(words[1])")
    }
  }

  /// A line about all of the gateway: `counters`, `notices`, `differ`.
  mutating func performGateway(_ words: [Substring]) throws {
    let rest = words.dropFirst()
    switch words[0] {
    case "counters":
      for word in rest {
        let parts = word.split(separator: "=")
        guard parts.count == 2, let found = bench.counters[String(parts[0])] else {
          throw BadLine(what: "nothing is counted as \(word)")
        }
        guard found == parts[1] else { throw Difference(expected: "\(word)", got: found) }
      }
    case "notices":
      let found = bench.notices.joined(separator: " ")
      bench.notices = []
      let expected = rest.joined(separator: " ")
      guard found == expected else { throw Difference(expected: expected, got: found) }
    case "differ":
      let values = rest.map { names[String($0)] ?? "nothing" }
      guard Set(values).count == values.count, !values.contains("nothing") else {
        throw Difference(
          expected: "different values", got: values.joined(separator: " and "))
      }
    default: throw BadLine(what: "no line of a transcript")
    }
  }

  // What nodes do.

  private mutating func sendNode(_ name: String, _ words: ArraySlice<Substring>) throws {
    let place = places.place(of: name)
    guard words.first != "hex" else {
      return try bench.feed(
        place.wrapped(try TranscriptRunner.hex(words), hops: 0), from: place.address)
    }
    let message = try NodeMessage(words).resolved(names)
    try bench.feed(
      place.wrapped(try message.encoded(), hops: message.hops), from: place.address)
  }

  private mutating func put(_ name: String, _ words: ArraySlice<Substring>) throws {
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1)
      switch parts.first {
      case "line": places.put(name, onLine: try parts[1].number(), alone: false)
      case "port": places.put(name, onLine: try parts[1].number(), alone: true)
      default:
        guard parts.count == 2 else { throw BadLine(what: "\(word) is no place") }
        let octets = try parts[1].octets
        places.put(name, behind: String(parts[0]), wirelessID: octets)
      }
    }
  }

  /// CONNECT with the node's name, a clean session and no supervision unless the words say otherwise.
  private mutating func connectNode(_ name: String, _ words: ArraySlice<Substring>) throws {
    var all: [Substring] = ["CONNECT"] + words
    if !words.contains(where: { $0.hasPrefix("id=") }) { all.append("id=\(name)") }
    if !words.contains(where: { $0.hasPrefix("clean=") }) { all.append("clean=1") }
    try sendNode(name, all[...])
    try expect(name, NodeMessage(name: "CONNACK"))
  }

  private mutating func register(_ name: String, _ words: ArraySlice<Substring>) throws {
    let (tid, rest) = TranscriptRunner.parted(words)
    try sendNode(name, ["REGISTER", "9999"] + rest)
    try expect(name, try NodeMessage(["REGACK", "9999", tid]))
  }

  private mutating func subscribeNode(_ name: String, _ words: ArraySlice<Substring>) throws {
    let (tid, rest) = TranscriptRunner.parted(words)
    try sendNode(name, ["SUBSCRIBE", "9999"] + rest)
    let qos = rest.first { $0.hasPrefix("q=") } ?? "q=0"
    try expect(name, try NodeMessage(["SUBACK", "9999", qos, tid]))
  }

  private mutating func fallAsleep(_ name: String, _ words: ArraySlice<Substring>) throws {
    try sendNode(name, ["DISCONNECT", "duration=\(words.first ?? "")"])
    try expect(name, NodeMessage(name: "DISCONNECT"))
  }

  /// The word `tid=`, any if there is none, and all others.
  private static func parted(
    _ words: ArraySlice<Substring>
  ) -> (tid: Substring, rest: [Substring]) {
    (words.first { $0.hasPrefix("tid=") } ?? "tid=_", words.filter { !$0.hasPrefix("tid=") })
  }

  // What nodes hear.

  private mutating func expect(_ name: String, _ expected: NodeMessage) throws {
    let datagram = try nextDatagram(name, expected: "\(expected)")
    let message = try TranscriptRunner.message(datagram, expected: "\(expected)")
    guard message.matches(expected, &names) else {
      throw Difference(expected: "\(expected)", got: "\(message)")
    }
  }

  /// Takes the message if it is the next one.
  private mutating func expect(_ name: String, perhaps expected: NodeMessage) throws {
    let place = places.place(of: name)
    guard let datagram = bench.datagrams.first(where: { $0.place == place }) else { return }
    let message = try TranscriptRunner.message(datagram, expected: "\(expected)")
    if message.matches(expected, &names) { _ = bench.takeDatagram(to: place) }
  }

  private static func message(
    _ datagram: NodeDatagram, expected: String
  ) throws(Difference) -> NodeMessage {
    do throws(BadOctets) {
      var message = try NodeMessage(decoding: datagram.octets)
      message.hops = datagram.hops
      return message
    } catch {
      throw Difference(expected: expected, got: "\(error.what): \(datagram.octets.asHexadecimal)")
    }
  }

  private mutating func expect(_ name: String, octets: [UInt8]) throws {
    let datagram = try nextDatagram(name, expected: octets.asHexadecimal)
    guard datagram.octets == octets else {
      throw Difference(expected: octets.asHexadecimal, got: datagram.octets.asHexadecimal)
    }
  }

  private mutating func nextDatagram(_ name: String, expected: String) throws -> NodeDatagram {
    let place = name == "everybody" ? nil : places.place(of: name)
    guard let datagram = bench.takeDatagram(to: place) else {
      throw Difference(expected: expected, got: "nothing")
    }
    return datagram
  }

  private mutating func expectNoDatagram(_ name: String) throws {
    let place = name == "everybody" ? nil : places.place(of: name)
    if let datagram = bench.takeDatagram(to: place) { throw unexpected(datagram) }
  }

  /// The transcript ends: nothing was left untold.
  func finishNodes() throws {
    if let datagram = bench.datagrams.first { throw unexpected(datagram) }
  }

  private func unexpected(_ datagram: NodeDatagram) -> Difference {
    let name = datagram.place.map { places.description(of: $0) } ?? "everybody"
    let message = try? TranscriptRunner.message(datagram, expected: "nothing")
    let words = message?.description ?? datagram.octets.asHexadecimal
    return Difference(expected: "nothing", got: "\(words) to \(name)")
  }
}

extension [UInt8] {
  /// The first octets, two digits each.
  fileprivate var asHexadecimal: String {
    prefix(40).map(\.asHexadecimal).joined(separator: " ")
  }
}
