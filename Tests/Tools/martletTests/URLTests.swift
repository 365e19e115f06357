import CommandKit
import Testing

@testable import martlet

/// Brokers and proxies in one word.
@Suite struct URLTests {
  @Test(
    arguments: [
      ("mqtt://a/t", "a", 1883, false, false), ("MQTTS://a/t", "a", 8883, false, true),
      ("ws://a/t", "a", 80, true, false), ("wss://a:9/t", "a", 9, true, true),
      ("mqtt://[::1]/t", "::1", 1883, false, false),
      ("mqtt://[fe80::1%25lo]:7/t", "fe80::1%25lo", 7, false, false),
    ] as [(String, String, UInt16, Bool, Bool)])
  func `a URL says where, and over what`(
    text: String, host: String, port: UInt16, isWebSocket: Bool, isSecure: Bool
  ) throws {
    let url = try BrokerURL(text)
    #expect(url.host == host && url.port == port && url.topic == "t")
    #expect(url.isWebSocket == isWebSocket && url.isSecure == isSecure)
    #expect(url.userName == nil && url.password == nil)
  }

  @Test(
    arguments: [
      ("mqtt://u@a/t", "u", nil), ("mqtt://u:p@a/t", "u", "p"),
      ("mqtt://u:p:q@r@a/t", "u", "p:q@r"),
      ("mqtt://:p@a/t", "", "p"), ("mqtt://u:@a/t", "u", ""),
    ] as [(String, String, String?)])
  func `a URL says who`(text: String, userName: String, password: String?) throws {
    let url = try BrokerURL(text)
    #expect(url.host == "a" && url.userName == userName && url.password == password)
  }

  @Test func `a topic may have slashes and wildcards`() throws {
    #expect(try BrokerURL("mqtt://a//b/#").topic == "/b/#")
    #expect(try BrokerURL("mqtt://a/b@c:1/d").topic == "b@c:1/d")
  }

  @Test(arguments: [
    "mqtt://", "mqtt:///t", "mqtt://a", "mqtt://a/", "mqtt://a:0/t", "mqtt://a:65536/t",
    "mqtt://a:x/t", "mqtt://[::1]1/t", "mqtt://@/t", "mqtt:/a/t", "http://a/t", "",
  ])
  func `what is no URL is refused`(text: String) {
    #expect(throws: UsageError.self) { try BrokerURL(text) }
  }
}
