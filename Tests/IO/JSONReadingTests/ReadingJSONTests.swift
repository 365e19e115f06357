import JSONReading
import JSONTree
import Testing

/// JSON as it is read.
@Suite struct ReadingJSONTests {
  private func read(_ text: [UInt8]) throws(JSONFault) -> JSONValue {
    try JSONValue(text: text, within: JSONBounds(values: 100, octets: 1000))
  }

  @Test(arguments: [
    #"{"a":[1,-0.5,true,false,null],"b":"x\"\\\nä","c":{}}"#, "[]", #""x""#, "null", "17",
  ])
  func `what was written is read again`(_ text: String) throws {
    #expect(try read(Array(text.utf8)).compact == text)
  }

  @Test(arguments: ["", "{", "[1,]", "{\"a\"}", "nul", "[1] x", "\"", "\"\\u12\"", "[1", "{\"a\":"])
  func `a text that is no JSON is refused`(_ text: String) {
    #expect(throws: JSONFault.self) { try read(Array(text.utf8)) }
  }

  @Test func `the place of a mistake is told`() {
    #expect(throws: JSONFault.malformed(at: 5)) { try read(Array("[1,2 3]".utf8)) }
  }

  @Test func `a string that is no UTF-8 is refused`() {
    #expect(throws: JSONFault.noText) { try read(Array("[\"".utf8) + [0xFF] + Array("\"]".utf8)) }
    #expect(throws: JSONFault.noText) { try read(Array("{\"".utf8) + [0xC0] + Array("\":1}".utf8)) }
  }

  @Test func `bounds are looked at first`() {
    let deep = [UInt8](repeating: UInt8(ascii: "["), count: 900)
    #expect(throws: JSONFault.tooDeep(16)) { try read(deep) }
    #expect(throws: JSONFault.tooLong(1000)) { try read(deep + deep) }
  }
}
