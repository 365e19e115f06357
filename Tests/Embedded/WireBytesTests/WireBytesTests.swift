import Testing

@testable import WireBytes

@Suite struct WireBytesTests {
  @Test(arguments: [0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455])
  func `[MQTT5-1.5.5-1] a Variable Byte Integer survives the wire`(value: Int) throws {
    var storage = [UInt8](repeating: 0, count: 4)
    let count = storage.withUnsafeMutableBytes { buffer in
      var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
      output.append(variableByteInteger: value)
      return output.finalize(for: buffer)
    }
    #expect(count == VariableByteInteger.encodedSize(value))
    var reader = ByteReader(storage.span.extracting(0..<count))
    let read = try reader.variableByteInteger()
    #expect(read == value)
    for cut in 0..<count {
      var short = ByteReader(storage.span.extracting(0..<cut))
      let error = failure { () throws(WireError) in _ = try short.variableByteInteger() }
      #expect(error == .truncated)
    }
  }

  @Test func `a Variable Byte Integer of five octets is malformed`() {
    let bytes: [UInt8] = [0x80, 0x80, 0x80, 0x80, 0x01]
    var reader = ByteReader(bytes.span)
    let error = failure { () throws(WireError) in _ = try reader.variableByteInteger() }
    #expect(error == .malformedInteger)
  }

  @Test(arguments: [
    ("", true), ("a/b", true), ("grüße", true), ("温度", true), ("🐦", true),
  ])
  func `well-formed text is accepted`(text: String, expected: Bool) {
    let bytes = Array(text.utf8)
    let accepted = isWellFormedString(bytes.span)
    #expect(accepted == expected)
  }

  @Test(
    arguments: [
      [0x61, 0x00], [0x80], [0xC0, 0xAF], [0xC2], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0xF5, 0x80, 0x80, 0x80],
      [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xFF],
    ] as [[UInt8]])
  func `[MQTT-1.5.3-1] [MQTT-1.5.3-2] [MQTT5-1.5.4-1] [MQTT5-1.5.4-2] bad text is refused`(
    bytes: [UInt8]
  ) {
    let accepted = isWellFormedString(bytes.span)
    #expect(!accepted)
  }

  @Test func `fixed bytes refuse what does not fit and keep what they hold`() throws {
    var bytes = FixedBytes<4>()
    try bytes.assign([1, 2, 3, 4].span)
    let error = failure { () throws(WireError) in try bytes.assign([1, 2, 3, 4, 5].span) }
    #expect(error == .outOfRoom)
    let isKept = areEqual(bytes.bytes, [1, 2, 3, 4].span)
    #expect(isKept)
  }

  @Test func `fixed bytes hold what was written, or nothing when writing fails`() throws {
    var bytes = FixedBytes<4>()
    try bytes.replace { (output) throws(WireError) in
      try output.requireRoom(3)
      output.append([1, 2] as InlineArray<2, UInt8>, then: [3].span)
    }
    bytes[0] |= 0x80
    let isWritten = areEqual(bytes.bytes, [0x81, 2, 3].span)
    #expect(isWritten)
    #expect(bytes[2] == 3)
    let error = failure { () throws(WireError) in
      try bytes.replace { (output) throws(WireError) in
        output.append(9)
        try output.requireRoom(4)
      }
    }
    #expect(error == .outOfRoom)
    #expect(bytes.isEmpty)
  }

  private func failure(_ body: () throws(WireError) -> Void) -> WireError? {
    do { try body() } catch { return error }
    return nil
  }
}
