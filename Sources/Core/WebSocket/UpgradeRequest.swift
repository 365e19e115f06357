import WireBytes

/// What a server lets clients do before they speak WebSocket.
public struct UpgradeRules: Sendable, Equatable {
  /// The longest request in octets, its end included.
  public var sizeLimit = 4096
  /// The values of Origin that are let in; all where there is none, and requests without an Origin
  /// too.
  public var origins: [String] = []

  /// The defaults.
  public init() {}
}

/// The names by which WebSocket clients ask for MQTT.
public enum Subprotocol: BitwiseCopyable, Sendable {
  /// `mqtt`, of MQTT 3.1.1 and 5.0.
  case mqtt
  /// `mqttv3.1`
  case mqtt31

  /// The name.
  public var name: StaticString {
    switch self {
    case .mqtt: "mqtt"
    case .mqtt31: "mqttv3.1"
    }
  }

  init?(_ range: Range<Int>, of bytes: Span<UInt8>) {
    if matches(range, of: bytes, "mqtt") {
      self = .mqtt
    } else if matches(range, of: bytes, "mqttv3.1") {
      self = .mqtt31
    } else {
      return nil
    }
  }
}

/// Why a request is refused.
public enum UpgradeRefusal: Error, BitwiseCopyable, Sendable, Equatable {
  /// No HTTP 1.1, or not in its form: 400.
  case malformed
  /// The handshake lacks something, or has it twice: 400.
  case incomplete
  /// Neither `mqtt` nor `mqttv3.1` among the sub-protocols: 400.
  case noSubprotocol
  /// An Origin that is not let in: 403.
  case foreignOrigin
  /// No request for WebSocket: 426.
  case noWebSocket
  /// Another version of WebSocket than 13: 426.
  case otherVersion
  /// Longer than the limit: 431.
  case tooLong

  /// A few words for the log.
  public var words: String {
    switch self {
    case .malformed: "a malformed HTTP request"
    case .incomplete: "an incomplete WebSocket handshake"
    case .noSubprotocol: "no sub-protocol mqtt"
    case .foreignOrigin: "an origin that is not allowed"
    case .noWebSocket: "no WebSocket request"
    case .otherVersion: "another version of WebSocket"
    case .tooLong: "an HTTP request above websockets_headers_size"
    }
  }
}

/// What the octets of a request come to.
public enum UpgradeStep: BitwiseCopyable, Sendable {
  /// The request is not complete.
  case needMore
  /// It is to be answered by `UpgradeAnswer.accept`; frames follow.
  case accepted(UpgradeKey, Subprotocol)
  /// It is to be answered by `UpgradeAnswer.refuse`, and the connection closed.
  case refused(UpgradeRefusal)
}

/// Reads a client's opening handshake [RFC 6455 4.2.1]. All octets of the request come again at
/// each call, with those that are new.
public struct UpgradeReader: ~Copyable {
  private var scanned = 0

  /// A reader that has seen nothing.
  public init() {}

  /// Reads the request at the beginning of `bytes`; `consumed` is its length once it is complete.
  public mutating func receive(
    _ bytes: Span<UInt8>, consumed: inout Int, _ rules: borrowing UpgradeRules
  ) -> UpgradeStep {
    guard Self.mayBegin(bytes) else { return .refused(.malformed) }
    guard let end = HeaderLines.end(of: bytes, scanned: &scanned) else {
      return bytes.count < rules.sizeLimit ? .needMore : .refused(.tooLong)
    }
    guard end <= rules.sizeLimit else { return .refused(.tooLong) }
    do throws(UpgradeRefusal) {
      let request = try UpgradeRequest(bytes, end: end)
      let (key, subprotocol) = try request.judged(bytes, rules)
      consumed = end
      return .accepted(key, subprotocol)
    } catch {
      return .refused(error)
    }
  }

  /// Whoever speaks another protocol is told at once.
  private static func mayBegin(_ bytes: Span<UInt8>) -> Bool {
    let method: StaticString = "GET "
    return method.withUTF8Buffer { method in
      (0..<min(bytes.count, method.count)).allSatisfy { bytes[$0] == method[$0] }
    }
  }
}

/// The lines of a request that count.
private struct UpgradeRequest {
  var hosts = 0
  var keys = 0
  var versions = 0
  var origins = 0
  var key: Range<Int>?
  var version: Range<Int>?
  var origin: Range<Int>?
  var subprotocol: Subprotocol?
  var asksForWebSocket = false
  var asksForUpgrade = false

  init(_ bytes: Span<UInt8>, end: Int) throws(UpgradeRefusal) {
    do throws(MalformedHead) {
      var lines = HeaderLines(end: end)
      try Self.checkRequestLine(try lines.nextLine(of: bytes), of: bytes)
      while let line = try lines.next(of: bytes) { try take(line, of: bytes) }
    } catch { throw .malformed }
  }

  /// `GET target HTTP/1.1`
  private static func checkRequestLine(
    _ line: Range<Int>, of bytes: Span<UInt8>
  ) throws(MalformedHead) {
    guard line.count > 13, line.count(where: { bytes[$0] == 32 }) == 2,
      bytes[line.lowerBound + 4] == UInt8(ascii: "/"),
      matches(line.upperBound - 9..<line.upperBound, of: bytes, " http/1.1")
    else { throw MalformedHead() }
  }

  private mutating func take(
    _ line: HeaderLine, of bytes: Span<UInt8>
  ) throws(MalformedHead) {
    func isNamed(_ name: StaticString) -> Bool { matches(line.name, of: bytes, name) }
    let value = line.value
    if isNamed("host") {
      hosts += 1
    } else if isNamed("upgrade") {
      asksForWebSocket = asksForWebSocket || has("websocket", value, of: bytes)
    } else if isNamed("connection") {
      asksForUpgrade = asksForUpgrade || has("upgrade", value, of: bytes)
    } else if isNamed("sec-websocket-key") {
      (key, keys) = (value, keys + 1)
    } else if isNamed("sec-websocket-version") {
      (version, versions) = (value, versions + 1)
    } else if isNamed("sec-websocket-protocol") {
      takeSubprotocols(value, of: bytes)
    } else if isNamed("origin") {
      (origin, origins) = (value, origins + 1)
    } else if isNamed("transfer-encoding")
      || isNamed("content-length") && !matches(value, of: bytes, "0")
    {
      // What follows the request are frames.
      throw MalformedHead()
    }
  }

  private func has(_ word: StaticString, _ range: Range<Int>, of bytes: Span<UInt8>) -> Bool {
    firstWord(in: range, of: bytes) { matches($0, of: bytes, word) } != nil
  }

  /// The first that is known, in the client's order.
  private mutating func takeSubprotocols(_ range: Range<Int>, of bytes: Span<UInt8>) {
    guard subprotocol == nil else { return }
    let word = firstWord(in: range, of: bytes) { Subprotocol($0, of: bytes) != nil }
    subprotocol = word.flatMap { Subprotocol($0, of: bytes) }
  }

  func judged(
    _ bytes: Span<UInt8>, _ rules: borrowing UpgradeRules
  ) throws(UpgradeRefusal) -> (UpgradeKey, Subprotocol) {
    guard hosts == 1 else { throw .malformed }
    guard asksForWebSocket else { throw .noWebSocket }
    guard asksForUpgrade, keys == 1, versions == 1, origins <= 1, let key, let version else {
      throw .incomplete
    }
    guard matches(version, of: bytes, "13") else { throw .otherVersion }
    guard let key = UpgradeKey(key, of: bytes) else { throw .incomplete }
    guard rules.origins.isEmpty || isLetIn(bytes, rules.origins) else { throw .foreignOrigin }
    // [MQTT-6.0.0-3] [MQTT5-6.0.0-3]
    guard let subprotocol else { throw .noSubprotocol }
    return (key, subprotocol)
  }

  private func isLetIn(_ bytes: Span<UInt8>, _ origins: [String]) -> Bool {
    guard let origin else { return false }
    return origins.contains { candidate in
      candidate.utf8.count == origin.count
        && zip(candidate.utf8, origin).allSatisfy { $0 == bytes[$1] }
    }
  }
}
