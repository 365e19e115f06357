import SessionLink

/// Where a transcript and the broker part ways.
struct Difference: Error, CustomStringConvertible {
  var path = ""
  var line = Transcript.Line(number: 0, text: "")
  var title = ""
  var expected: String
  var got: String

  var description: String {
    """
    \(path):\(line.number): \(title)
      line:     \(line.text)
      expected: \(expected)
      got:      \(got)
    """
  }
}

/// Plays a transcript to a broker of its own.
struct TranscriptRunner: ~Copyable {
  let transcript: Transcript
  var bench: TranscriptBench
  var places = NodePlaces()
  /// What `$name` words stand for.
  var names: [String: String] = [:]

  /// Nil when all went as written.
  static func difference(_ transcript: Transcript) -> Difference? {
    var line = transcript.title
    do {
      var runner = try TranscriptRunner(transcript)
      for next in transcript.lines where !next.isSetting {
        line = next
        try runner.perform(next.text.split(separator: " "))
      }
      line = transcript.title
      for name in runner.bench.clients.keys.sorted() { try runner.finish(name) }
      try runner.finishNodes()
      return nil
    } catch var difference as Difference {
      difference.path = transcript.path
      difference.line = line
      difference.title = transcript.title.text
      return difference
    } catch {
      return Difference(
        path: transcript.path, line: line, title: transcript.title.text,
        expected: "a line that can be played", got: "\(error)")
    }
  }

  private init(_ transcript: Transcript) throws {
    self.transcript = transcript
    var options = BrokerOptions()
    var settings = GatewaySettings()
    for line in transcript.lines where line.isSetting {
      let words = line.text.split(separator: " ")
      if words[0] == "predefined" {
        try settings.add(words.dropFirst())
        continue
      }
      for word in words.dropFirst() {
        let parts = word.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { throw BadLine(what: "\(word) sets nothing") }
        if words[0] == "limits" {
          try options.set(parts[0], to: parts[1])
        } else {
          try settings.set(parts[0], to: parts[1])
        }
      }
    }
    bench = try TranscriptBench(options, settings)
  }

  private mutating func perform(_ words: [Substring]) throws {
    if let first = words.first, first.hasPrefix("+") {
      return try bench.advance(by: try first.dropFirst().number())
    }
    guard words.count > 1 else { throw BadLine(what: "no line of a transcript") }
    let name = String(words[0])
    let rest = words.dropFirst(2)
    if transcript.hasNodes, ["counters", "notices", "differ"].contains(name) {
      return try performGateway(words)
    }
    if isNode(name) { return try performNode(name, words) }
    switch words[1] {
    case ">": try send(name, rest, andMore: false)
    case ">>": try send(name, rest, andMore: true)
    case "<" where rest == ["nothing"]: try expectNothing(name)
    case "<" where rest == ["closed"]: try expectClosed(name)
    case "<": try expect(name, try Packet(rest))
    case "!" where rest == ["drop"]: try drop(name)
    case "connects": try connect(name, rest)
    case "subscribes": try subscribe(name, rest)
    case "leaves": try leave(name, rest)
    default: throw BadLine(what: "a client does not \(words[1])")
    }
  }

  // What clients do.

  private mutating func send(
    _ name: String, _ words: ArraySlice<Substring>, andMore: Bool
  ) throws {
    if words.first == "hex" {
      try client(name, transcript.version).hold(try TranscriptRunner.hex(words))
    } else {
      try send(name, words)
    }
    if !andMore { try bench.settle() }
  }

  /// The octets behind the word `hex`.
  static func hex(_ words: ArraySlice<Substring>) throws(BadLine) -> [UInt8] {
    try words.dropFirst().map { word throws(BadLine) in try ("0x" + word)[...].number() }
  }

  private mutating func send(_ name: String, _ words: ArraySlice<Substring>) throws {
    let versions: [Substring: Version] = ["v3": .v31, "v4": .v311, "v5": .v50]
    let version = words.lazy.compactMap { versions[$0] }.first ?? transcript.version
    let packet = try Packet(words.filter { versions[$0] == nil })
    let client = try client(name, version)
    client.hold(packet.encoded(client.version))
    if packet.kind == .disconnect { client.expectsClose = true }
  }

  /// The client, with a new connection where it has none.
  private mutating func client(_ name: String, _ version: Version) throws -> TranscriptClient {
    if let client = bench.clients[name] {
      if !client.isClosed { return client }
      try finish(name)
    }
    return try bench.open(name, version)
  }

  private mutating func drop(_ name: String) throws {
    try finish(name)
    try bench.drop(name)
  }

  private mutating func connect(_ name: String, _ words: ArraySlice<Substring>) throws {
    let hasID = words.contains { $0.hasPrefix("id=") }
    try send(name, ["CONNECT"] + words + (hasID ? [] : ["id=\(name)"]), andMore: false)
    let packet = try nextPacket(name, expected: "CONNACK 0")
    guard packet.kind == .connack, packet.code == 0 else {
      throw Difference(expected: "CONNACK 0", got: "\(packet)")
    }
  }

  private mutating func subscribe(_ name: String, _ words: ArraySlice<Substring>) throws {
    let number = 9999
    try send(name, ["SUBSCRIBE", "\(number)"] + words, andMore: false)
    let packet = try nextPacket(name, expected: "SUBACK \(number)")
    guard packet.kind == .suback, packet.identifier == number,
      packet.codes.allSatisfy({ $0 < 3 })
    else { throw Difference(expected: "SUBACK \(number) that grants", got: "\(packet)") }
  }

  private mutating func leave(_ name: String, _ words: ArraySlice<Substring>) throws {
    try finish(name)
    try send(name, ["DISCONNECT"] + words, andMore: false)
    try expectClosed(name)
  }

  // What clients see.

  private func nextPacket(_ name: String, expected: String) throws -> Packet {
    guard let client = bench.clients[name] else { throw BadLine(what: "\(name) is not connected") }
    do {
      if let packet = try client.nextPacket() { return packet }
    } catch let error as BadOctets {
      throw Difference(expected: expected, got: "\(error.what): \(octets(client))")
    }
    throw Difference(expected: expected, got: client.isClosed ? "closed" : "nothing")
  }

  private func expect(_ name: String, _ expected: Packet) throws {
    let packet = try nextPacket(name, expected: "\(expected)")
    guard packet.matches(expected) else {
      throw Difference(expected: "\(expected)", got: "\(packet)")
    }
  }

  private func expectNothing(_ name: String) throws {
    guard let client = bench.clients[name] else { throw BadLine(what: "\(name) is not connected") }
    guard client.received.isEmpty else {
      let packet = try nextPacket(name, expected: "nothing")
      throw Difference(expected: "nothing", got: "\(packet)")
    }
    guard !client.isClosed || client.expectsClose else {
      throw Difference(expected: "nothing", got: "closed")
    }
  }

  private func expectClosed(_ name: String) throws {
    bench.clients[name]?.expectsClose = true
    try expectNothing(name)
    guard bench.clients[name]?.isClosed == true else {
      throw Difference(expected: "closed", got: "nothing")
    }
  }

  /// A client goes, or the transcript ends: nothing was left untold.
  private func finish(_ name: String) throws { try expectNothing(name) }

  private func octets(_ client: TranscriptClient) -> String {
    client.received.prefix(40).map(\.asHexadecimal).joined(separator: " ")
  }
}
