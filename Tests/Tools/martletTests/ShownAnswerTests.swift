import JSONReading
import JSONTree
import Testing

@testable import martlet

/// What `martlet ctrl` shows of answers that no broker here gives yet.
@Suite struct ShownAnswerTests {
  private func answer(_ text: String, to correlation: String = "x") -> ShownAnswer? {
    let bounds = JSONBounds(values: 100, octets: 1000)
    return ShownAnswer(
      try? JSONValue(text: Array(text.utf8), within: bounds), to: correlation)
  }

  @Test func `plugins and listeners are listed`() {
    let plugins = answer(
      #"{"responses":[{"command":"listPlugins","data":{"plugins":[{"name":"p","version":"2","#
        + #""control-endpoints":["a","b"]},{"name":"q"}]}}]}"#)
    #expect(
      plugins?.text == """
        Plugin:            p
        Version:           2
        Control endpoints: a
                           b
        Plugin:            q

        """)
    let listeners = answer(
      #"{"responses":[{"command":"listListeners","data":{"listeners":[{"port":1883,"#
        + #""protocol":"mqtt","tls":false},{"port":8883}]}}]}"#)
    #expect(
      listeners?.text == """
        Listener 1:
          Port:              1883
          Protocol:          mqtt
          TLS:               false

        Listener 2:
          Port:              8883


        """)
  }

  @Test func `a client is shown in the form of the version that has answered`() {
    let start = #"{"responses":[{"command":"getClient","data":{"client":{"username":"u","#
    let roles = #""roles":[{"rolename":"r"},{"rolename":"s","priority":2}]"#
    #expect(
      answer(start + roles + "}}}]}")?.text == """
        Username: u
        Clientid:
        Roles:    r (priority: -1)
                  s (priority: 2)

        """)
    #expect(
      answer(start + roles + #","clientid":"c","connections":[{"address":"::1"}]}}}]}"#)?.text
        == """
        Username:    u
        Clientid:    c
        Roles:       r (priority: -1)
                     s (priority: 2)
        Connections: ::1

        """)
  }

  @Test(arguments: [
    ("{", "Payload not JSON."), ("{}", "Payload not JSON."),
    (#"{"responses":[]}"#, "Payload missing data."),
    (#"{"responses":[{"command":"listRoles"}]}"#, "Invalid response from server."),
    (#"{"responses":[{"command":"x","error":"bad"}]}"#, "x: Error: bad"),
  ])
  func `an answer that is none is a fault`(_ text: String, _ fault: String) {
    #expect(answer(text)?.fault == fault && answer(text)?.text.isEmpty == true)
  }

  @Test func `the answer to another command is passed over`() {
    #expect(answer(#"{"responses":[{"command":"x","correlationData":"y"}]}"#) == nil)
    #expect(answer(#"{"responses":[{"command":"x","correlationData":"x"}]}"#)?.fault == nil)
    #expect(answer(#"{"responses":[{"command":"x"}]}"#)?.fault == nil)
  }
}
