import MQTTTerms
import SessionLink
import Testing

@testable import MQTTLink

/// Bytes from lines of hexadecimal.
private func bytes(_ text: String) -> [UInt8] {
  text.split(separator: " ").compactMap { UInt8($0, radix: 16) }
}

private func text(_ bytes: Span<UInt8>) -> String {
  var copy: [UInt8] = []
  for index in 0..<bytes.count { copy.append(bytes[index]) }
  return String(decoding: copy, as: UTF8.self)
}

private let connect = "10 0E 00 04 4D 51 54 54 04 02 00 0A 00 02 61 62"

/// A connection that is fed bytes and tells in words what they came to.
private struct Peer: ~Copyable {
  var connection: Connection
  var now: LinkTime = 0

  init(_ limits: ConnectionLimits = .init()) { connection = Connection(limits: limits, at: 0) }

  static func connected(_ limits: ConnectionLimits = .init()) -> Peer {
    var peer = Peer(limits)
    _ = peer.feed(connect)
    peer.connection.opened()
    return peer
  }

  mutating func feed(_ hex: String) -> [String] {
    let input = bytes(hex)
    var consumed = 0
    var lines: [String] = []
    while true {
      let rest = input.span.extracting(consumed..<input.count)
      switch connection.receive(rest, consumed: &consumed, at: now) {
      case .needMore: return lines + (consumed == input.count ? [] : ["…\(input.count - consumed)"])
      case .publish(let publish): lines.append(describe(publish))
      case .acknowledged(let id): lines.append("acknowledged \(id.rawValue)")
      case .further:
        switch connection.receiveFurther(rest, consumed: &consumed, at: now) {
        case .needMore:
          return lines + (consumed == input.count ? [] : ["…\(input.count - consumed)"])
        case .ping: lines.append("ping")
        case .event(let event): lines.append(describe(event))
        case .close(let reason): return lines + [close(reason)]
        }
      case .close(let reason): return lines + [close(reason)]
      }
    }
  }

  private mutating func close(_ reason: CloseReason) -> String {
    connection.close()
    return "close \(reason)"
  }

  private func describe(_ publish: borrowing IncomingPublish) -> String {
    let retain = publish.isRetained ? " retain" : ""
    return "publish \(text(publish.topic))=\(text(publish.payload)) q\(publish.qos.rawValue)"
      + " #\(publish.packetID.rawValue)\(retain)"
  }

  private func describe(_ event: consuming LinkEvent) -> String {
    switch event {
    case .open(let request):
      var will = ""
      if let asked = request.will {
        will = " will \(text(asked.message.topic))=\(text(asked.message.payload))"
      }
      let expiry =
        request.sessionExpiry == 0 || request.sessionExpiry == .max
        ? "" : " for \(request.sessionExpiry) s"
      return "open \(text(request.clientID)) clean \(request.isCleanStart)\(will)\(expiry)"
    case .publish(let publish): return describe(publish)
    case .acknowledged(let id): return "acknowledged \(id.rawValue)"
    case .received(let id): return "received \(id.rawValue)"
    case .released(let id): return "released \(id.rawValue)"
    case .completed(let id): return "completed \(id.rawValue)"
    case .rejected(let id): return "rejected \(id.rawValue)"
    case .discarded(let id): return "discarded \(id.rawValue)"
    case .authenticate(let step): return "authenticate \(text(step.method)) \(text(step.data))"
    case .subscribe(let request):
      return "subscribe \(text(request.filter)) q\(request.terms.qos.rawValue)"
        + " #\(request.packetID.rawValue)\(request.isLast ? " last" : "")"
    case .unsubscribe(let request):
      return "unsubscribe \(text(request.filter)) #\(request.packetID.rawValue)"
        + (request.isLast ? " last" : "")
    case .paused: return "paused"
    case .resumed: return "resumed"
    case .updateWill, .asleep, .drain: return "of nodes only"
    case .forgotten: return "of bridges only"
    case .closed(let departure): return "closed \(departure)"
    }
  }
}

@Suite struct ConnectionTests {
  @Test func `behind an AUTH nothing is read before it is answered`() {
    var peer = Peer()
    let auth = "F0 06 18 04 15 00 01 53"
    _ = peer.feed("10 13 00 04 4D 51 54 54 05 02 00 0A 04 15 00 01 53 00 02 61 62")
    peer.connection.challenged(isDone: false)
    let lines = peer.feed("\(auth) \(auth)")
    #expect(lines == ["authenticate S ", "…8"])
    peer.connection.challenged(isDone: false)
    let more = peer.feed(auth)
    #expect(more == ["authenticate S "])
  }

  @Test func `a session opens, publishes and leaves`() {
    var peer = Peer()
    let opened = peer.feed(connect)
    #expect(opened == ["open ab clean true"])
    peer.connection.opened()
    let published = peer.feed("30 05 00 01 61 68 69 33 05 00 01 61 00 07")
    #expect(published == ["publish a=hi q0 #0", "publish a= q1 #7 retain"])
    let left = peer.feed("C0 00 E0 00 30 05 00 01 61 68 69")
    #expect(left == ["ping", "close disconnected"])
  }

  @Test func `what follows a CONNECT waits for the hub's answer`() {
    var peer = Peer()
    let early = peer.feed(connect + " C0 00")
    #expect(early == ["open ab clean true", "…2"])
    peer.connection.opened()
    let late = peer.feed("C0 00")
    #expect(late == ["ping"])
  }

  @Test func `topics of a mounted peer are below its mount point`() {
    var peer = Peer()
    peer.connection.mount(at: Array("m/".utf8).span)
    let opened = peer.feed(
      "10 15 00 04 4D 51 54 54 04 2C 00 0A 00 01 61 00 01 77 00 03 6F 66 66")
    #expect(opened == ["open a clean false will m/w=off"])
    peer.connection.opened()
    let published = peer.feed("30 05 00 01 61 68 69")
    #expect(published == ["publish m/a=hi q0 #0"])
    let subscribed = peer.feed(
      "82 13 00 01 00 01 61 00 00 0A 24 73 68 61 72 65 2F 67 2F 61 01 A2 05 00 03 00 01 61")
    #expect(
      subscribed == [
        "subscribe m/a q0 #1", "subscribe $share/g/m/a q1 #1 last", "unsubscribe m/a #3 last",
      ])
    let malformed = peer.feed("82 0D 00 02 00 08 24 73 68 61 72 65 2F 67 00")
    #expect(malformed == ["subscribe $share/g q0 #2 last"])
    let seen = ["m/a", "m/", "n/a", "m"].map { peer.connection.sees(Array($0.utf8).span) }
    #expect(seen == [true, false, false, false])
  }

  @Test func `a will comes with the request`() {
    var peer = Peer()
    let opened = peer.feed(
      "10 15 00 04 4D 51 54 54 04 2C 00 0A 00 01 61 00 01 77 00 03 6F 66 66")
    #expect(opened == ["open a clean false will w=off"])
  }

  @Test func `persistent_client_expiration limits how long a kept session is kept`() {
    var limits = ConnectionLimits()
    limits.keptSessionExpiry = 3600
    var peer = Peer(limits)
    let opened = peer.feed("10 0E 00 04 4D 51 54 54 04 00 00 0A 00 02 61 62")
    #expect(opened == ["open ab clean false for 3600 s"])
    var clean = Peer(limits)
    let forgotten = clean.feed(connect)
    #expect(forgotten == ["open ab clean true"])
  }

  @Test func `[MQTT-3.8.4-4] every filter of a SUBSCRIBE reaches the hub, the last one marked`() {
    var peer = Peer.connected()
    let lines = peer.feed("82 0A 00 09 00 01 61 01 00 01 23 00 C0 00")
    #expect(lines == ["subscribe a q1 #9", "subscribe # q0 #9 last", "ping"])
    let ended = peer.feed("A2 08 00 0A 00 01 61 00 01 23")
    #expect(ended == ["unsubscribe a #10", "unsubscribe # #10 last"])
  }

  @Test func `[MQTT-4.3.3-1] the four acknowledgements reach the hub`() {
    var peer = Peer.connected()
    let lines = peer.feed("40 02 00 01 50 02 00 02 62 02 00 03 70 02 00 04 34 05 00 01 61 00 09")
    #expect(
      lines == ["acknowledged 1", "received 2", "released 3", "completed 4", "publish a= q2 #9"])
  }

  @Test func `half a packet waits for its other half`() {
    var peer = Peer.connected()
    for cut in 1..<7 {
      let whole = bytes("30 05 00 01 61 68 69")
      let half = whole[..<cut].map { String($0, radix: 16) }.joined(separator: " ")
      let lines = peer.feed(half)
      #expect(lines == ["…\(cut)"])
    }
  }

  @Test(arguments: [
    ("30 05 00 01 61 68 69", "close notConnect"),
    ("00 00", "close malformed(MQTTCodec.CodecError.malformedPacketType)"),
    ("10 0C 00 04 4D 51 54 54 09 02 00 0A 00 00", "close unsupportedVersion"),
    ("10 FF FF FF 7F", "close packetTooLarge"),
  ])
  func `[MQTT-3.1.0-1] what is no good CONNECT closes the connection`(hex: String, line: String) {
    var peer = Peer()
    let lines = peer.feed(hex)
    #expect(lines == [line])
  }

  @Test(arguments: [
    "20 02 00 00", "90 03 00 01 00", "B0 02 00 01", "D0 00", connect,
  ])
  func `packets of a server or out of order close the connection`(hex: String) {
    var peer = Peer.connected()
    let lines = peer.feed(hex)
    #expect(lines == ["close unexpectedPacket"])
  }

  @Test func `a packet above the limit is refused by its header alone`() {
    var limits = ConnectionLimits()
    limits.packetSize = 100
    var peer = Peer.connected(limits)
    let lines = peer.feed("30 64")
    #expect(lines == ["close packetTooLarge"])
  }

  @Test func `[MQTT-3.1.2-24] silence of one and a half keep alives is too long`() {
    var peer = Peer.connected()
    #expect(peer.connection.nextDeadline == 15_000)
    peer.now = 10_000
    _ = peer.feed("C0 00")
    #expect(peer.connection.advance(to: 24_999) == nil)
    #expect(peer.connection.advance(to: 25_000) == .keepAliveTimeout)
  }

  @Test func `without a CONNECT the connection ends in time`() {
    let peer = Peer()
    #expect(peer.connection.advance(to: 29_999) == nil)
    #expect(peer.connection.advance(to: 30_000) == .connectTimeout)
  }

  @Test func `a keep alive above max_keepalive is refused`() {
    var limits = ConnectionLimits()
    limits.keepAlive = 9
    var peer = Peer(limits)
    let lines = peer.feed(connect)
    #expect(lines == ["close keepAliveTooLong"])
    #expect(CloseReason.keepAliveTooLong.returnCode == .identifierRejected)
  }

  @Test func `random bytes never trap`() {
    var random = SeededBytes(state: 42)
    for _ in 0..<20_000 {
      var peer = random.next() & 1 == 0 ? Peer() : Peer.connected()
      let count = Int(random.next() % 40)
      let hex = (0..<count).map { _ in String(random.next(), radix: 16) }
      _ = peer.feed(hex.joined(separator: " "))
    }
  }
}

/// A small generator with a seed, so that a failure can be had again.
private struct SeededBytes {
  var state: UInt64

  mutating func next() -> UInt8 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 56)
  }
}
