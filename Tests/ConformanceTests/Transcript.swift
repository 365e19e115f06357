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
struct Transcript: Sendable, CustomTestStringConvertible {
  struct Line: Sendable {
    var number: Int
    var text: String
  }

  /// The file's path from the root of the package.
  var path: String
  var version: Version
  var title: Line
  var lines: [Line] = []

  var testDescription: String { title.text }

  /// The transcripts of a file.
  static func read(_ text: String, path: String, version: Version) -> [Transcript] {
    var found: [Transcript] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("//") {
      if line.hasPrefix("# ") {
        let title = Line(number: index + 1, text: String(line.dropFirst(2)))
        found.append(Transcript(path: path, version: version, title: title))
      } else if !found.isEmpty {
        found[found.count - 1].lines.append(Line(number: index + 1, text: String(line)))
      }
    }
    return found
  }

  /// All transcripts of this folder.
  static let all: [Transcript] = {
    let versions: [(String, Version)] = [("3.1", .v31), ("3.1.1", .v311), ("5.0", .v50)]
    return versions.flatMap { folder, version in
      TranscriptFiles.names(in: folder).flatMap { name in
        read(
          TranscriptFiles.text("\(folder)/\(name)"),
          path: "Tests/ConformanceTests/Transcripts/\(folder)/\(name)", version: version)
      }
    }
  }()
}
