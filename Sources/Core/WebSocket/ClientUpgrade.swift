import WireBytes

/// What a server's answer comes to.
public enum ClientUpgradeStep: BitwiseCopyable, Sendable, Equatable {
  /// The answer is not complete.
  case needMore
  /// Frames follow.
  case accepted
  /// Another status than 101, or 0 where there is none.
  case refused(Int)
}

/// A client's opening handshake [RFC 6455 4.1].
public struct ClientUpgrade: Sendable {
  /// The longest answer in octets.
  public static let sizeLimit = 16_384

  private let request: [UInt8]
  private let accept: UpgradeAccept
  private let subprotocol: Subprotocol

  /// Asks the server `host` (with its port) for `path`; `accept` is the answer to `key`.
  public init(
    host: String, path: String, key: UpgradeKey, accept: UpgradeAccept, _ subprotocol: Subprotocol
  ) {
    self.accept = accept
    self.subprotocol = subprotocol
    let key = String(decoding: key.characters.indices.map { key.characters[$0] }, as: UTF8.self)
    request = Array(
      ("GET \(path) HTTP/1.1\r\nHost: \(host)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: \(key)\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Protocol: \(subprotocol.name)\r\n\r\n").utf8)
  }

  /// The request, to be sent first.
  public var octets: [UInt8] { request }

  /// Reads the answer at the beginning of `bytes`, of which all come again at each call; `consumed`
  /// is its length once it is complete.
  public func receive(_ bytes: Span<UInt8>, consumed: inout Int) -> ClientUpgradeStep {
    var scanned = 0
    guard let end = HeaderLines.end(of: bytes, scanned: &scanned), end <= Self.sizeLimit else {
      return bytes.count < Self.sizeLimit ? .needMore : .refused(0)
    }
    do throws(MalformedHead) {
      let status = try judge(bytes, end: end)
      guard status == 101 else { return .refused(status) }
      consumed = end
      return .accepted
    } catch { return .refused(0) }
  }

  /// The status, once all lines are as they should be.
  private func judge(_ bytes: Span<UInt8>, end: Int) throws(MalformedHead) -> Int {
    var lines = HeaderLines(end: end)
    let status = try Self.status(try lines.nextLine(of: bytes), of: bytes)
    guard status == 101 else { return status }
    var (upgrades, isAccepted, isMQTT) = (false, false, false)
    while let line = try lines.next(of: bytes) {
      func isNamed(_ name: StaticString) -> Bool { matches(line.name, of: bytes, name) }
      if isNamed("upgrade") { upgrades = matches(line.value, of: bytes, "websocket") }
      if isNamed("sec-websocket-accept") { isAccepted = isAccept(line.value, of: bytes) }
      if isNamed("sec-websocket-protocol") {
        isMQTT = matches(line.value, of: bytes, subprotocol.name)
      }
      // Nothing of that kind was asked for.
      if isNamed("sec-websocket-extensions") { throw MalformedHead() }
    }
    guard upgrades, isAccepted, isMQTT else { throw MalformedHead() }
    return status
  }

  /// `HTTP/1.1 101 …`
  private static func status(
    _ line: Range<Int>, of bytes: Span<UInt8>
  ) throws(MalformedHead) -> Int {
    let start = line.lowerBound
    guard line.count >= 12, matches(start..<start + 9, of: bytes, "http/1.1 ") else {
      throw MalformedHead()
    }
    var status = 0
    for index in start + 9..<start + 12 {
      guard (0x30...0x39).contains(bytes[index]) else { throw MalformedHead() }
      status = status * 10 + Int(bytes[index] - 0x30)
    }
    return status
  }

  private func isAccept(_ range: Range<Int>, of bytes: Span<UInt8>) -> Bool {
    range.count == 28 && areEqual(bytes.extracting(range), accept.characters.span)
  }
}
