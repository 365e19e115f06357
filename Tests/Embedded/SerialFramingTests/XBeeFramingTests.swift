import Testing

@testable import SerialFraming

private let node = RadioAddress(high: 0x0013_A200, low: 0x400A_0127, short: 0x4711)
private let modes: [LineFormat] = [.xbee1, .xbee2]

@Suite struct XBeeReadingTests {
  @Test func `a receive packet is a message of its radio`() {
    // 7E, length 14, 90, 64-bit and 16-bit source, options, PINGREQ, sum.
    let octets: [UInt8] = [
      0x7E, 0, 14, 0x90, 0x00, 0x13, 0xA2, 0x00, 0x40, 0x0A, 0x01, 0x27, 0x47, 0x0D, 0x01, 2, 0x16,
      0xDB,
    ]
    var reader = LineReader<255>(.xbee1)
    let found = reader.messages(in: octets)
    let source = reader.source
    #expect(found == [[2, 0x16]])
    #expect(source == RadioAddress(high: 0x0013_A200, low: 0x400A_0127, short: 0x470D))
    #expect(reader.counters.frames == 1 && reader.counters.discardedOctets == 0)
  }

  @Test(arguments: modes)
  func `every octet passes, at once and one by one`(format: LineFormat) {
    let body = (0..<239).map { UInt8($0) }
    let octets = received(body, from: node, format)
    var reader = LineReader<255>(format)
    let found = reader.messages(in: octets)
    let singly = octets.reduce(into: [[UInt8]]()) { $0 += reader.messages(in: [$1]) }
    let (source, counters) = (reader.source, reader.counters)
    #expect(found == [body] && singly == [body] && source == node)
    #expect(counters.frames == 2 && counters.discardedOctets == 0 && counters.resyncs == 0)
  }

  @Test func `mode 2 escapes what mode 1 does not`() {
    let plain = received([4, 0x7E, 0x7D, 0x11], from: node, .xbee1)
    let escaped = received([4, 0x7E, 0x7D, 0x11], from: node, .xbee2)
    // The address has a 13 and an 11 too.
    #expect(escaped.count == plain.count + 5)
    #expect(!escaped.dropFirst().contains { $0 == 0x7E || $0 == 0x11 || $0 == 0x13 })
  }

  @Test(arguments: modes)
  func `what is no message is counted and passed over`(format: LineFormat) {
    let isEscaping = format == .xbee2
    var octets: [UInt8] = []
    for data in [
      [0x8A, 0x06], [0x8B, 7, 0xFF, 0xFE, 0, 0x00, 0], [0x8B, 8, 0xFF, 0xFE, 3, 0x21, 0],
      [0x88, 1, 0x4E, 0x49, 0], [0x90], [0x8B, 1], Array(repeating: 0x90, count: 12),
    ] as [[UInt8]] {
      octets += radioFrame(data, escaping: isEscaping)
    }
    var reader = LineReader<255>(format)
    let found = reader.messages(in: octets + received([2, 0x16], format))
    let radio = reader.radio
    #expect(found == [[2, 0x16]])
    #expect(radio.delivered == 1 && radio.undelivered == 1 && radio.others == 5)
    #expect(reader.counters.discardedOctets == 0 && reader.counters.frames == 1)
  }

  @Test(arguments: modes)
  func `a wrong sum loses that frame and no other`(format: LineFormat) {
    var hit = received([4, 1, 2, 3], format)
    hit[hit.count - 2] ^= 0x40
    var reader = LineReader<255>(format)
    let octets = received([2, 0x16], format) + hit + received([2, 0x17], format)
    let found = reader.messages(in: octets)
    #expect(found == [[2, 0x16], [2, 0x17]])
    #expect(reader.counters.checksumErrors == 1 && reader.counters.resyncs == 1)
  }

  @Test(arguments: modes)
  func `a frame longer than the limit is passed over and bounded`(format: LineFormat) {
    var reader = LineReader<64>(format, limit: 4)
    let found = reader.messages(
      in: received([5, 1, 1, 1, 1], format) + received([4, 1, 1, 1], format))
    #expect(found == [[4, 1, 1, 1]])
    #expect(reader.counters.oversized == 1 && reader.counters.resyncs == 1)
    // The high octet of the length counts: Paho's gateway reads 2 here.
    let huge = reader.messages(in: [0x7E, 0x7F, 2] + [UInt8](repeating: 0x55, count: 100_000))
    #expect(huge.isEmpty && reader.counters.oversized == 2)
    #expect(reader.counters.discardedOctets >= 100_000)
    let next = reader.messages(in: received([2, 0x16], format))
    #expect(next == [[2, 0x16]])
  }

  @Test func `in mode 2 a plain 7E restarts a frame that was cut`() {
    let whole = received([2, 0x16], .xbee2)
    var reader = LineReader<255>(.xbee2)
    let found = reader.messages(in: Array(whole.dropLast(4)) + [0x7D] + whole)
    #expect(found == [[2, 0x16]])
    #expect(reader.counters.aborted == 1 && reader.counters.resyncs == 1)
  }

  @Test func `in mode 1 a frame inside a false start is found`() {
    let whole = received([2, 0x16], .xbee1)
    var reader = LineReader<255>(.xbee1)
    // A false start that announces 40 octets swallows two frames, which are found again.
    let early = reader.messages(in: [0x7E, 0, 40] + whole + whole)
    let found = early + reader.messages(in: whole)
    #expect(found == [[2, 0x16], [2, 0x16], [2, 0x16]])
    #expect(reader.counters.checksumErrors == 1 && reader.counters.resyncs == 1)
    #expect(reader.counters.discardedOctets == 3)
  }

  @Test(arguments: modes)
  func `silence ends a frame that was cut, and what was inside it is found`(format: LineFormat) {
    let whole = received([2, 0x16], format)
    var reader = LineReader<255>(format)
    let early = reader.messages(in: [0x7E, 0, 100] + whole, at: 1_000)
    let found = reader.messages(in: whole, at: 1_500)
    // In mode 2 a frame's 7E is enough.
    #expect(early.count + found.count == 2)
    #expect(reader.counters.resyncs == 1)
    let cut = reader.messages(in: Array(whole.dropLast()), at: 2_000)
    let after = reader.messages(in: whole, at: 3_000)
    #expect(cut.isEmpty && after == [[2, 0x16]])
  }

  @Test(arguments: modes)
  func `a hang-up ends a frame that has begun`(format: LineFormat) {
    let whole = received([2, 0x16], format)
    var reader = LineReader<255>(format)
    let begun = reader.messages(in: Array(whole.dropLast(3)))
    reader.reset()
    let found = reader.messages(in: whole)
    #expect(begun.isEmpty && found == [[2, 0x16]] && reader.counters.checksumErrors == 0)
  }
}

@Suite struct XBeeWritingTests {
  @Test func `a message is a transmit request to its radio`() throws {
    let octets = try line(.xbee1, [2, 0x17], to: node, frameID: 9)
    #expect(
      octets == [
        0x7E, 0, 16, 0x10, 9, 0x00, 0x13, 0xA2, 0x00, 0x40, 0x0A, 0x01, 0x27, 0x47, 0x11, 0, 0, 2,
        0x17, 0x4E,
      ])
    let sum = octets.dropFirst(3).reduce(0, &+)
    #expect(sum == 0xFF)
  }

  @Test func `mode 2 escapes all but the delimiter`() throws {
    let message: [UInt8] = [6, 0x7E, 0x7D, 0x11, 0x13, 0]
    let plain = try line(.xbee1, message, to: node)
    let escaped = try line(.xbee2, message, to: node)
    let inside = escaped.dropFirst()
    #expect(!inside.contains { $0 == 0x7E || $0 == 0x11 || $0 == 0x13 })
    var unescaped: [UInt8] = []
    var isBehindEscape = false
    for octet in inside {
      if octet == 0x7D { isBehindEscape = true; continue }
      unescaped.append(isBehindEscape ? octet ^ 0x20 : octet)
      isBehindEscape = false
    }
    #expect(unescaped == Array(plain.dropFirst()))
  }

  @Test func `everybody is FFFF with no short address`() throws {
    let octets = try line(.xbee1, [2, 0x17])
    #expect(Array(octets[5..<15]) == [0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFE])
  }

  @Test(arguments: modes)
  func `a frame needs its room and no more`(format: LineFormat) throws {
    let message = [UInt8](repeating: 0x7E, count: 255)
    let octets = try line(format, message)
    let size = LineWriter(format).maximumSize(bodyCount: 255)
    #expect(octets.count <= size)
    let exact = try line(format, message, capacity: octets.count)
    #expect(exact == octets)
    #expect(throws: FramingError.outOfRoom) {
      try line(format, message, capacity: octets.count - 1)
    }
    #expect(throws: FramingError.unframeable) { try line(format, []) }
    #expect(throws: FramingError.unframeable) { try line(format, [5, 1, 1, 1, 1], limit: 4) }
  }
}
