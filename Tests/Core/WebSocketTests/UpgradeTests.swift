import Testing

@testable import WebSocket

@Suite struct UpgradeTests {
  private static let lines = [
    "Host: example.org:8080", "Upgrade: websocket", "Connection: keep-alive, Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Protocol: soap, mqtt",
  ]

  private func message(_ lines: [String], _ first: String = "GET /mqtt HTTP/1.1") -> [UInt8] {
    Array(([first] + lines + ["", ""]).joined(separator: "\r\n").utf8)
  }

  /// The good request with some lines instead of those of the same names, and more.
  private func request(instead lines: String..., without name: String? = nil) -> [UInt8] {
    let kept = Self.lines.filter { line in
      let field = line.prefix { $0 != ":" }
      return field != name ?? "" && !lines.contains { $0.hasPrefix(field) }
    }
    return message(kept + lines)
  }

  private func answer(
    _ request: [UInt8], _ rules: UpgradeRules = UpgradeRules(), size: Int = .max
  ) -> String {
    var reader = UpgradeReader()
    var count = min(size, request.count)
    while true {
      var consumed = 0
      switch reader.receive(request.span.extracting(0..<count), consumed: &consumed, rules) {
      case .needMore where count == request.count: return "more"
      case .needMore: count = min(count + size, request.count)
      case .accepted(_, let subprotocol): return "\(subprotocol.name) \(consumed)"
      case .refused(let refusal): return "\(refusal)"
      }
    }
  }

  @Test func `a browser's request is accepted`() {
    let good = message(Self.lines)
    #expect(answer(good) == "mqtt \(good.count)")
    #expect(answer(good + [0x82, 0x80]) == "mqtt \(good.count)")
    #expect(answer(good, size: 1) == "mqtt \(good.count)")
    #expect(answer(good.dropLast()) == "more")
    let old = request(instead: "Sec-WebSocket-Protocol: mqttv3.1")
    #expect(answer(old) == "mqttv3.1 \(old.count)")
    let small = message(
      Self.lines.map { line in
        let colon = line.firstIndex(of: ":") ?? line.endIndex
        return line[..<colon].lowercased() + ":" + line[colon...].dropFirst(2) + "\t "
      }, "GET / HTTP/1.1")
    #expect(answer(small) == "mqtt \(small.count)")
  }

  @Test func `[MQTT-6.0.0-4] [MQTT5-6.0.0-4] the key's answer is the one of the specification`() {
    var reader = UpgradeReader()
    var consumed = 0
    let good = message(Self.lines)
    guard
      case .accepted(let key, let subprotocol) =
        reader.receive(good.span, consumed: &consumed, UpgradeRules())
    else {
      Issue.record("not accepted")
      return
    }
    let question = key.question
    #expect(
      String(decoding: question.indices.map { question[$0] }, as: UTF8.self)
        == "dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
    // [RFC 6455 1.3]
    let digest: InlineArray<20, UInt8> = [
      0xB3, 0x7A, 0x4F, 0x2C, 0xC0, 0x62, 0x4F, 0x16, 0x90, 0xF6, 0x46, 0x06, 0xCF, 0x38, 0x59,
      0x45, 0xB2, 0xBE, 0xC4, 0xEA,
    ]
    let answer = octets {
      UpgradeAnswer.accept(UpgradeAccept(digest: digest), subprotocol, into: &$0)
    }
    #expect(
      String(decoding: answer, as: UTF8.self)
        == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
        + "Sec-WebSocket-Protocol: mqtt\r\n\r\n")
  }

  @Test func `whoever asks for something else is told what is wrong`() {
    #expect(answer(Array("POST / HTTP/1.1\r\n\r\n".utf8)) == "malformed")
    #expect(answer([0x10]) == "malformed")
    #expect(answer(message(Self.lines, "GET / HTTP/1.0")) == "malformed")
    #expect(answer(message(Self.lines, "GET nowhere HTTP/1.1")) == "malformed")
    #expect(answer(message(Self.lines, "GET / HTTP/1.1 ")) == "malformed")
    #expect(answer(message(Self.lines + ["a b: c"])) == "malformed")
    #expect(answer(message(Self.lines + [": c"])) == "malformed")
    #expect(answer(message(Self.lines + [" folded: c"])) == "malformed")
    #expect(answer(message(Self.lines + ["nothing"])) == "malformed")
    #expect(answer(message(Self.lines + ["a: b\u{0}"])) == "malformed")
    #expect(answer(message(Self.lines + ["a: b\nc: d"])) == "malformed")
    #expect(answer(message(Self.lines + ["Content-Length: 5"])) == "malformed")
    #expect(answer(message(Self.lines + ["Transfer-Encoding: chunked"])) == "malformed")
    #expect(answer(message(Self.lines + ["Host: other"])) == "malformed")
    #expect(answer(request(without: "Host")) == "malformed")
    #expect(answer(request(without: "Upgrade")) == "noWebSocket")
    #expect(answer(request(instead: "Upgrade: h2c")) == "noWebSocket")
    #expect(answer(request(without: "Connection")) == "incomplete")
    #expect(answer(request(without: "Sec-WebSocket-Key")) == "incomplete")
    #expect(answer(request(instead: "Sec-WebSocket-Key: short")) == "incomplete")
    #expect(answer(request(instead: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==")) == "incomplete")
    #expect(
      answer(message(Self.lines + ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="])) == "incomplete")
    #expect(answer(request(instead: "Sec-WebSocket-Version: 8")) == "otherVersion")
  }

  @Test func `[MQTT-6.0.0-3] [MQTT5-6.0.0-3] a client must ask for MQTT`() {
    #expect(answer(request(without: "Sec-WebSocket-Protocol")) == "noSubprotocol")
    #expect(answer(request(instead: "Sec-WebSocket-Protocol: mqttv5")) == "noSubprotocol")
  }

  @Test func `only the origins of the list are let in`() {
    var rules = UpgradeRules()
    rules.origins = ["https://a.example", "https://b.example"]
    let good = message(Self.lines + ["Origin: https://b.example"])
    #expect(answer(good, rules) == "mqtt \(good.count)")
    #expect(answer(message(Self.lines + ["Origin: https://c.example"]), rules) == "foreignOrigin")
    #expect(answer(message(Self.lines + ["Origin: https://b.exampl"]), rules) == "foreignOrigin")
    #expect(answer(message(Self.lines), rules) == "foreignOrigin")
    let twice = Self.lines + ["Origin: https://b.example", "Origin: https://c.example"]
    #expect(answer(message(twice), rules) == "incomplete")
  }

  @Test func `a request has a longest length`() {
    var rules = UpgradeRules()
    let good = message(Self.lines)
    rules.sizeLimit = good.count
    #expect(answer(good, rules) == "mqtt \(good.count)")
    rules.sizeLimit -= 1
    #expect(answer(good, rules) == "tooLong")
    #expect(answer(good.dropLast(2), rules) == "more")
    #expect(answer(good.dropLast(1), rules) == "tooLong")
  }

  @Test func `a refusal has its status`() {
    let statuses: [(UpgradeRefusal, String)] = [
      (.malformed, "400"), (.incomplete, "400"), (.noSubprotocol, "400"), (.foreignOrigin, "403"),
      (.noWebSocket, "426"), (.otherVersion, "426"), (.tooLong, "431"),
    ]
    for (refusal, status) in statuses {
      let answer = octets { UpgradeAnswer.refuse(refusal, into: &$0) }
      #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 \(status) "))
      #expect(answer.count <= UpgradeAnswer.size)
    }
  }
}
