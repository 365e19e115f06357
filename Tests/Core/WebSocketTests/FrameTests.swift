import Testing

@testable import WebSocket

@Suite struct FrameTests {
  @Test func `[MQTT-6.0.0-2] [MQTT5-6.0.0-2] octets are put together, wherever frames are cut`() {
    let parts: [[UInt8]] = [[1, 2, 3], [], Array(4..<130), [130, 131]]
    let stream =
      frame(.binary, parts[0]) + frame(.binary, parts[1], isFinal: false)
      + frame(.continuation, parts[2], isFinal: false) + frame(.ping, [9])
      + frame(.continuation, parts[3])
    for size in [1, 2, 3, 7, 64, 1000] {
      for room in [1, 5, 4096] {
        let tale = tale(of: stream, size: size, room: room)
        #expect(tale.octets == Array(1..<132))
        #expect(tale.steps == [.ping])
      }
    }
  }

  @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 100_000])
  func `a frame of any length is read as it was written`(count: Int) {
    let content = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let written = octets { FrameReader.encodeBinary(content.span, into: &$0) }
    #expect(tale(of: written, .client, room: 1 << 17) == FrameTale(octets: content))
    let masked = octets { FrameReader.encodeBinary(content.span, mask: 0x8142_2418, into: &$0) }
    #expect(masked == frame(.binary, content, mask: 0x8142_2418))
    #expect(tale(of: masked, room: 1 << 17) == FrameTale(octets: content))
  }

  @Test func `a ping is answered by a pong of the same content`() {
    var reader = FrameReader(.server)
    var consumed = 0
    let ping = frame(.ping, [7, 8, 9, 10, 11])
    _ = octets {
      #expect(reader.receive(ping.span, consumed: &consumed, into: &$0) == .ping)
    }
    let pong = octets { reader.encodePong(into: &$0) }
    #expect(pong == [0x8A, 5, 7, 8, 9, 10, 11])
    let masked = octets { reader.encodePong(mask: 1, into: &$0) }
    #expect(masked == frame(.pong, [7, 8, 9, 10, 11], mask: 1))
  }

  @Test func `behind a close nothing is read`() {
    let stream = frame(.close, [0x03, 0xE8]) + frame(.binary, [1]) + [0xFF, 0xFF]
    #expect(tale(of: stream) == FrameTale(steps: [.closed(1000)]))
    #expect(tale(of: frame(.close, [])) == FrameTale(steps: [.closed(1005)]))
    #expect(
      tale(of: frame(.close, [0x03, 0xE9] + Array("bye".utf8))) == FrameTale(steps: [.closed(1001)])
    )
  }

  @Test func `a close frame says why`() {
    #expect(octets { FrameReader.encodeClose(1002, into: &$0) } == [0x88, 2, 0x03, 0xEA])
    #expect(octets { FrameReader.encodeClose(1005, into: &$0) } == [0x88, 0])
    let masked = octets { FrameReader.encodeClose(1000, mask: 0x0D0C_0B0A, into: &$0) }
    #expect(masked == frame(.close, [0x03, 0xE8]))
  }

  @Test(
    arguments: [
      ([0x82, 1, 5], FrameFault.unmasked),
      ([0x82, 0x7F] + [UInt8](repeating: 0xFF, count: 8), .wrongLength),
      ([0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1], .wrongLength),
      ([0x82, 0xFE, 0, 125, 1, 1, 1, 1], .wrongLength),
      ([0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 1, 1, 1, 1], .wrongLength),
      ([0xC2, 0x80, 0, 0, 0, 0], .reservedBits),
      ([0x83, 0x80, 0, 0, 0, 0], .unknownKind),
      ([0x8B, 0x80, 0, 0, 0, 0], .unknownKind),
      ([0x09, 0x80, 0, 0, 0, 0], .fragmentedControl),
      ([0x89, 0xFE, 0, 126, 0, 0, 0, 0], .longControl),
      ([0x80, 0x80, 0, 0, 0, 0], .outOfOrder),
      ([0x02, 0x80, 0, 0, 0, 0, 0x82, 0x80, 0, 0, 0, 0], .outOfOrder),
      ([0x88, 0x81, 0, 0, 0, 0, 3], .wrongClose),
      ([0x88, 0x82, 0, 0, 0, 0, 3, 0xED], .wrongClose),
      ([0x88, 0x83, 0, 0, 0, 0, 3, 0xE8, 0xFF], .wrongClose),
    ] as [([UInt8], FrameFault)])
  func `a frame against the rules ends it`(octets: [UInt8], fault: FrameFault) {
    #expect(tale(of: octets) == FrameTale(steps: [.failed(fault)]))
    #expect(tale(of: octets, size: 1).steps == [.failed(fault)])
  }

  @Test func `[MQTT-6.0.0-1] [MQTT5-6.0.0-1] text ends the connection, with a code of its own`() {
    #expect(tale(of: frame(.text, [1])) == FrameTale(steps: [.failed(.text)]))
    #expect(FrameFault.text.closeCode == 1003 && FrameFault.masked.closeCode == 1002)
  }

  @Test func `a client takes no masked frame`() {
    #expect(tale(of: frame(.binary, [1]), .client) == FrameTale(steps: [.failed(.masked)]))
  }

  @Test func `an announced length costs nothing`() {
    // 2⁶³ - 1 octets are announced, and three come.
    let stream = [0x82, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 7) + [0, 0, 0, 0, 1, 2, 3]
    #expect(tale(of: stream) == FrameTale(octets: [1, 2, 3]))
  }
}
