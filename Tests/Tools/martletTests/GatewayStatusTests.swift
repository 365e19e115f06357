import Testing

@testable import martlet

@Suite struct GatewayStatusTests {
  @Test(arguments: [
    ("m0-1", "m0-1"), ("a/b", "a_b"), ("#", "_"), ("+", "_"), ("a\0", "a_"),
    // With a combining accent each of them is another character, but the octet stays.
    ("/\u{301}x", "_\u{301}x"), ("#\u{301}", "_\u{301}"), ("+\u{20DD}", "_\u{20DD}"),
  ])
  func `a node's name is one level of a topic, whatever it holds`(name: String, level: String) {
    #expect(GatewayStatus.level(name) == level)
  }
}
