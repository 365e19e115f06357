import ConfigurationFile
import Testing

@Suite struct TransportTests {
  private func read(_ text: String) throws -> Configuration {
    try Configuration(text: text, file: "x.conf")
  }

  private func listener(_ text: String) throws -> ListenerSettings? {
    try read(text).listeners.first
  }

  @Test func `a listener may speak WebSocket, with origins that are let in`() throws {
    let options = "websockets_origin https://a.example\nwebsockets_origin https://b.example"
    let found = try listener("listener 8080\nprotocol websockets\n\(options)")
    #expect(found?.speech == .websockets)
    #expect(found?.transport.origins == ["https://a.example", "https://b.example"])
    #expect(try listener("listener 8080\nprotocol websockets")?.transport.origins == [])
  }

  @Test func `a request has a longest length by both names`() throws {
    #expect(try read("").transport.headerSize == 4096)
    #expect(try read("websockets_headers_size 65535").transport.headerSize == 65535)
    #expect(try read("packet_buffer_size 1024").transport.headerSize == 1024)
    #expect(try read("packet_buffer_size 0").transport.headerSize == 4096)
  }

  @Test(arguments: ["/run/x.sock", "./x.sock", "/run/my broker.sock"])
  func `a path behind port 0 is a Unix socket`(path: String) throws {
    #expect(try listener("listener 0 \(path)")?.place == .path(path))
  }

  @Test func `a proxy tells where clients are in one of two ways`() throws {
    let plain = try listener("listener 1")?.transport
    #expect(plain?.proxyVersion == 0 && plain?.proxyRequiresTLS == false)
    #expect(try listener("listener 1\nenable_proxy_protocol 1")?.transport.proxyVersion == 1)
    let strict = try read(
      "listener 1\nenable_proxy_protocol 2\nproxy_protocol_v2_require_tls true")
    #expect(strict.listeners[0].transport.proxyVersion == 2)
    #expect(strict.listeners[0].transport.proxyRequiresTLS && strict.notices.isEmpty)
  }

  @Test(arguments: [
    (
      "proxy_protocol_v2_require_tls true", "The proxy_protocol_v2_require_tls option has no effect"
    ),
    ("websockets_origin x", "The websockets_origin option has no effect"),
    ("protocol mqttsn\nenable_proxy_protocol 1", "Options for MQTT have no effect"),
  ])
  func `nothing is without effect and without a word`(line: String, start: String) throws {
    let notices = try read("listener 1\n\(line)").notices
    #expect(notices.count == 1 && notices[0].hasPrefix(start))
  }
}
