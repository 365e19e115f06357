import Testing

/// One transcript of a file: a title, then what clients send, get and see, line by line.
///
/// ```
/// # [MQTT-3.8.4-1] a SUBSCRIBE gets a SUBACK
/// a connects keepalive=10
/// a > SUBSCRIBE 1 t q=1
/// a < SUBACK 1 1
/// +15000
/// a < closed
/// ```
///
/// - `limits name=value …`, first of all: options of the broker (`BrokerOptions`).
/// - `a > PACKET …` sends a packet; a client without a connection opens one. `a >> PACKET …` keeps it
///   until the next `>`, so that both leave at once. `a > hex 30 03 …` sends octets as they are.
/// - `a < PACKET …` is the next packet that has come; `...` at its end lets further properties be.
/// - `a < nothing`: nothing has come. `a < closed`: the broker has closed the connection.
/// - `a connects words…` is CONNECT with these words and an accepting CONNACK; the Client Identifier
///   is the client's name unless `id=` stands there. The version is the one of the folder, or `v3`,
///   `v4`, `v5`.
/// - `a subscribes words…` is SUBSCRIBE with these words and a SUBACK that grants all.
/// - `a leaves words…` is DISCONNECT and the end of the connection.
/// - `a ! drop` breaks the connection.
/// - `+1500` lets milliseconds pass.
///
/// At its end no client has anything that no line has told of. A packet is its name, then its
/// identifier, its code, its topic and payload, its filters with their options behind them, and
/// `name=value` words for the rest and for properties; lines that start with `//` say something.
///
/// In the folder `mqtt-sn` the gateway stands beside the broker, and every name that does not start
/// with `mqtt` is a node:
///
/// ```
/// # [SN-6.5-1] a name gets an id, and the id is published to
/// mqtt connects
/// mqtt subscribes t/x
/// n > CONNECT id=n clean=1 duration=60
/// n < CONNACK 0
/// n > REGISTER 7 t/x
/// n < REGACK 7 0 tid=$t
/// n > PUBLISH $t hello q=1 id=8
/// n < PUBACK 8 0 tid=$t
/// mqtt < PUBLISH t/x hello
/// ```
///
/// - `gateway name=value …`, first of all: options of the gateway (`GatewaySettings`).
/// - `predefined 17 name`: a topic that both sides know; `for=n` only for the client `n`.
/// - `n > MESSAGE …`, `n > hex 03 18 …`, `n < MESSAGE …`, `n < hex …`, `n < nothing` as above.
/// - `n <? MESSAGE …` takes the message if it is the next one: it may be sent and need not.
/// - `everybody < MESSAGE …` is what goes to all nodes of all lines.
/// - `n at line=1` is a node on another line, `n at port=1` the one node of a line without
///   addresses, `n at f=\x0A\x0B` a node with that WirelessNodeId behind the forwarder at the address
///   of `f`. What it sends and hears is in an envelope then; `hops=2` is the radius of that.
/// - `n connects words…` is CONNECT, with `id=n clean=1` unless the words say otherwise, and CONNACK.
///   `n registers t tid=$t`, `n subscribes t q=1 tid=$t`, `n sleeps 60`, `n leaves` likewise.
/// - `counters name=value …` is what gateway and broker have counted, `notices …` what the log got.
/// - `differ $a $b`: the values are not the same.
///
/// A message is its name, then its message id, its return code, its topic and payload, and
/// `name=value` words; what is not told is 0 or empty. A topic is `3` for a normal id, `pre:3` for a
/// pre-defined one, `short:ab` for a short name; where a name is asked for, it is the name. `tid` is
/// the field TopicId of messages without a type. `$t` is a name for a value above 0: given where it
/// is expected first, the same from then on. `_` is any value. What the gateway sends has the short
/// Length unless it needs the long one; `long=1` sends the long one.
struct Transcript: Sendable, CustomTestStringConvertible {
  struct Line: Sendable {
    var number: Int
    var text: String

    /// Whether it says how broker and gateway are set up.
    var isSetting: Bool {
      ["limits ", "gateway ", "predefined "].contains { text.hasPrefix($0) }
    }
  }

  /// The file's path from the root of the package.
  var path: String
  var version: Version
  /// Whether there are nodes in it.
  var hasNodes = false
  var title: Line
  var lines: [Line] = []

  var testDescription: String { title.text }

  /// The transcripts of a file.
  static func read(
    _ text: String, path: String, version: Version, hasNodes: Bool = false
  ) -> [Transcript] {
    var found: [Transcript] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("//") {
      if line.hasPrefix("# ") {
        let title = Line(number: index + 1, text: String(line.dropFirst(2)))
        found.append(
          Transcript(path: path, version: version, hasNodes: hasNodes, title: title))
      } else if !found.isEmpty {
        found[found.count - 1].lines.append(Line(number: index + 1, text: String(line)))
      }
    }
    return found
  }

  /// The transcripts of clients.
  static let ofClients = all(in: "3.1", .v31) + all(in: "3.1.1", .v311) + all(in: "5.0", .v50)

  /// The transcripts of nodes.
  static let ofNodes = all(in: "mqtt-sn", .v311, hasNodes: true)

  private static func all(
    in folder: String, _ version: Version, hasNodes: Bool = false
  ) -> [Transcript] {
    TranscriptFiles.names(in: folder).flatMap { name in
      read(
        TranscriptFiles.text("\(folder)/\(name)"),
        path: "Tests/ConformanceTests/Transcripts/\(folder)/\(name)", version: version,
        hasNodes: hasNodes)
    }
  }
}
