import JSONTree
import Testing

/// JSON as it is written, and the bounds of what is read.
@Suite struct PrintingTests {
  private let value = JSONValue.record([
    "a": .array([.integer(1), .number(-0.5), .bool(true), .null]), "b": .text("x\"\\\n\u{1}ä"),
    "none": nil, "empty": .array([]), "deep": .record(["c": .record([:])]),
  ])

  @Test func `compact text has no space`() {
    #expect(
      value.compact
        == #"{"a":[1,-0.5,true,null],"b":"x\"\\\n\u0001ä","empty":[],"deep":{"c":{}}}"#)
  }

  @Test func `indented text has a line for every member`() {
    let text = JSONValue.record(["a": .array([.integer(1)]), "b": .record([:])]).indented
    #expect(text == "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}\n")
  }

  @Test func `what JSON has no number for is null`() {
    #expect(JSONValue.array([.number(.infinity), .number(.nan)]).compact == "[null,null]")
    #expect(JSONValue.number(1e300).integer == Int(Int32.max))
    #expect(JSONValue.number(.nan).integer == nil)
  }

  @Test func `members are found whatever the case of their letters, the first one counts`() {
    let value = JSONValue.object([
      JSONMember("Name", .integer(1)), JSONMember("name", .integer(2)),
    ])
    #expect(value["NAME"]?.integer == 1 && value["nam"] == nil && JSONValue.null["name"] == nil)
  }

  private static let bounds = JSONBounds(depth: 2, values: 4, octets: 40)

  @Test(
    arguments: [
      ("[[1,2]]", nil), ("[[[1]]]", .tooDeep(2)), ("[1,2,3,4]", .tooManyValues(4)),
      (#"["[[[[,,,,\"[[",1]"#, nil), (String(repeating: " ", count: 41), .tooLong(40)),
    ] as [(String, JSONFault?)])
  func `bounds are kept by looking at brackets and commas alone`(
    _ text: String, _ fault: JSONFault?
  ) {
    #expect(Self.bounds.fault(of: Array(text.utf8)) == fault)
  }
}
