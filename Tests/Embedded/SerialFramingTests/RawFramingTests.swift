import Testing

@testable import SerialFraming

@Suite struct RawFramingTests {
  @Test func `messages stand on the line as they are`() throws {
    let octets = try line(.raw, [2, 0x16])
    #expect(octets == [2, 0x16])
    var reader = LineReader<255>(.raw)
    let found = reader.messages(in: octets + [3, 5, 0] + [2, 0x17])
    #expect(found == [[2, 0x16], [3, 5, 0], [2, 0x17]])
    #expect(reader.counters.frames == 3)
  }

  @Test func `a message may arrive octet by octet`() {
    var reader = LineReader<255>(.raw)
    var found: [[UInt8]] = []
    for (index, octet) in ([4, 0x0E, 0, 7] as [UInt8]).enumerated() {
      found += reader.messages(in: [octet], at: UInt32(index) * 99)
    }
    #expect(found == [[4, 0x0E, 0, 7]])
  }

  @Test func `a noise octet swallows a message until the line is silent`() {
    var reader = LineReader<255>(.raw)
    let swallowed = reader.messages(in: [9, 2, 0x16], at: 1_000)
    let found = reader.messages(in: [2, 0x16], at: 1_100)
    #expect(swallowed.isEmpty)
    #expect(found == [[2, 0x16]])
    #expect(reader.counters.resyncs == 1)
    #expect(reader.counters.discardedOctets == 3)
  }

  @Test func `silence across the wrap of the clock is silence`() {
    var reader = LineReader<255>(.raw)
    let swallowed = reader.messages(in: [9, 2], at: .max - 10)
    let found = reader.messages(in: [2, 0x16], at: 89)
    #expect(swallowed.isEmpty && found == [[2, 0x16]])
  }

  @Test func `octets 0 are passed over`() {
    var reader = LineReader<255>(.raw)
    let found = reader.messages(in: [0, 0, 2, 0x16])
    #expect(found == [[2, 0x16]])
    #expect(reader.counters.discardedOctets == 2)
  }

  @Test func `a long form Length cannot be followed, silence ends it`() {
    var reader = LineReader<255>(.raw)
    let long = reader.messages(in: [1, 0, 4, 0x17, 2, 0x16], at: 0)
    #expect(long.isEmpty)
    let found = reader.messages(in: [2, 0x16], at: 100)
    #expect(found == [[2, 0x16]])
    #expect(reader.counters.discardedOctets == 6)
    #expect(reader.counters.resyncs == 1)
  }

  @Test func `a message longer than the limit is passed over`() {
    var reader = LineReader<255>(.raw, limit: 4)
    let found = reader.messages(in: [5, 0x16, 2, 2, 2, 2, 0x17])
    #expect(found == [[2, 0x17]])
    #expect(reader.counters.oversized == 1)
    #expect(reader.counters.discardedOctets == 5)
  }

  @Test func `silence reported by the owner ends a message`() {
    var reader = RawFrameReader<16>()
    var index = 0
    _ = reader.push([9, 2].span, from: &index, at: .init(milliseconds: 0))
    reader.advance(to: .init(milliseconds: 99))
    #expect(reader.counters.resyncs == 0)
    reader.advance(to: .init(milliseconds: 100))
    reader.advance(to: .init(milliseconds: 300))
    #expect(reader.counters.resyncs == 1)
  }

  @Test func `a hang-up ends a message that has begun`() {
    var reader = LineReader<255>(.raw)
    _ = reader.messages(in: [9, 2])
    reader.reset()
    let found = reader.messages(in: [2, 0x16])
    #expect(found == [[2, 0x16]])
  }

  @Test func `what a raw line cannot carry is not written`() {
    let envelope: [UInt8] = [3, 0xFE, 0, 2, 0x16]
    #expect(throws: FramingError.unframeable) { try line(.raw, envelope) }
    #expect(throws: FramingError.unframeable) { try line(.raw, [1, 0, 4, 0x17]) }
    #expect(throws: FramingError.unframeable) { try line(.raw, [5, 1, 1, 1, 1], limit: 4) }
    #expect(throws: FramingError.outOfRoom) { try line(.raw, [2, 0x16], capacity: 1) }
  }
}
