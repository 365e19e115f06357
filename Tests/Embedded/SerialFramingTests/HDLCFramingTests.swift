import Testing

@testable import SerialFraming

@Suite struct HDLCFramingTests {
  @Test func `the check value of 123456789 is 906E`() {
    let digits = Array("123456789".utf8)
    let checksum = FrameChecksum(of: digits.span)
    #expect(checksum.value == 0x906E)
    let whole = digits + [0x6E, 0x90]
    let isGood = FrameChecksum(of: whole.span).isGood
    #expect(isGood)
  }

  @Test func `a frame is 7E, body, CRC low octet first, 7E`() throws {
    let digits = Array("123456789".utf8)
    let opening = try framed(digits)
    #expect(opening == [0x7E] + digits + [0x6E, 0x90, 0x7E])
    let following = try framed(digits, isOpening: false)
    #expect(following == digits + [0x6E, 0x90, 0x7E])
  }

  @Test func `every octet passes, and delimiters never stand in a frame`() throws {
    let body = (0...255).map { UInt8($0) }
    let octets = try framed(body, limit: 256)
    let inside = octets.dropFirst().dropLast()
    #expect(inside.count == 256 + 4 + 2)
    #expect(!inside.contains(0x7E) && !inside.contains(0x11) && !inside.contains(0x13))
    var reader = LineReader<256>(.hdlc)
    let found = reader.messages(in: octets)
    #expect(found == [body])
    for octet in body {
      let single = reader.messages(in: try framed([octet]))
      #expect(single == [[octet]])
    }
    #expect(reader.counters.frames == 257)
    #expect(reader.counters.discardedOctets == 0)
    #expect(reader.counters.resyncs == 0)
  }

  @Test(arguments: [0x7E, 0x7D, 0x11, 0x13] as [UInt8])
  func `a body of nothing but special octets is twice as long`(octet: UInt8) throws {
    let body = [UInt8](repeating: octet, count: 255)
    let octets = try framed(body)
    #expect(octets.count >= 2 * 255 + 4)
    #expect(octets.count <= FrameWriter.maximumSize(bodyCount: 255))
    let exact = try framed(body, capacity: octets.count)
    #expect(exact == octets)
    #expect(throws: FramingError.outOfRoom) { try framed(body, capacity: octets.count - 1) }
    var reader = LineReader<255>(.hdlc)
    let found = reader.messages(in: octets)
    #expect(found == [body])
  }

  @Test func `any escaped octet is accepted`() {
    let plain: [UInt8] = [0x02, 0x16]
    let checksum = FrameChecksum(of: plain.span).value
    let octets = [UInt8(truncatingIfNeeded: checksum), UInt8(checksum >> 8)]
    let escaped = (plain + octets).reduce(into: [UInt8]()) { $0 += [0x7D, $1 ^ 0x20] }
    var reader = LineReader<8>(.hdlc)
    let found = reader.messages(in: [0x7E] + escaped + [0x7E])
    #expect(found == [plain])
  }

  @Test func `one 7E closes a frame and opens the next`() throws {
    var octets = try framed([1])
    octets += try framed([2], isOpening: false)
    octets += try framed([3], isOpening: false)
    var reader = LineReader<8>(.hdlc)
    let found = reader.messages(in: octets)
    #expect(found == [[1], [2], [3]])
  }

  @Test func `7D 7E aborts a frame, and the next one arrives`() throws {
    var octets: [UInt8] = [0x7E, 1, 2, 3, 0x7D]
    octets += try framed([4, 5])
    var reader = LineReader<8>(.hdlc)
    let found = reader.messages(in: octets)
    #expect(found == [[4, 5]])
    #expect(reader.counters.aborted == 1)
    #expect(reader.counters.discardedOctets == 3)
    #expect(reader.counters.checksumErrors == 0)
  }

  @Test func `empty frames are ignored`() throws {
    var reader = LineReader<8>(.hdlc)
    let found = reader.messages(in: [0x7E, 0x7E, 0x7E] + (try framed([9])) + [0x7E, 0x7E])
    #expect(found == [[9]])
    #expect(reader.counters.discardedOctets == 0)
  }

  @Test func `a checksum without a body is no frame`() {
    var reader = LineReader<8>(.hdlc)
    let found = reader.messages(in: [0x7E, 0x00, 0x00, 0x7E, 0xFF, 0x7E])
    #expect(found.isEmpty)
    #expect(reader.counters.checksumErrors == 2)
    #expect(reader.counters.discardedOctets == 3)
  }

  @Test func `octets before the first delimiter are dropped`() throws {
    var reader = LineReader<8>(.hdlc)
    let found = reader.messages(in: [1, 2, 3] + (try framed([9])))
    #expect(found == [[9]])
    #expect(reader.counters.discardedOctets == 3)
    #expect(reader.counters.resyncs == 1)
  }

  @Test func `a frame longer than the limit is dropped and bounded`() throws {
    var reader = LineReader<16>(.hdlc, limit: 4)
    let exact = reader.messages(in: try framed([1, 2, 3, 4]))
    #expect(exact == [[1, 2, 3, 4]])
    let longer = try framed([1, 2, 3, 4, 5], isOpening: false) + framed([6])
    let found = reader.messages(in: longer)
    #expect(found == [[6]])
    #expect(reader.counters.oversized == 1)
    #expect(reader.counters.discardedOctets == 7)
    var endless = LineReader<16>(.hdlc)
    let none = endless.messages(in: [0x7E] + [UInt8](repeating: 0x55, count: 100_000))
    #expect(none.isEmpty)
    #expect(endless.counters.oversized == 1)
    #expect(endless.counters.discardedOctets == 100_000)
  }

  @Test func `a limit above the capacity is the capacity`() throws {
    var reader = LineReader<4>(.hdlc, limit: 255)
    let found = reader.messages(in: try framed([1, 2, 3, 4]) + framed([1, 2, 3, 4, 5]))
    #expect(found == [[1, 2, 3, 4]])
  }

  @Test func `a hang-up ends a frame that has begun`() throws {
    var reader = LineReader<8>(.hdlc)
    let begun = reader.messages(in: [0x7E, 1, 2])
    reader.reset()
    let found = reader.messages(in: try framed([9]))
    #expect(begun.isEmpty)
    #expect(found == [[9]])
    #expect(reader.counters.discardedOctets == 2)
  }

  @Test func `what cannot be a body is not written`() {
    #expect(throws: FramingError.unframeable) { try framed([]) }
    #expect(throws: FramingError.unframeable) { try framed([1, 2, 3, 4, 5], limit: 4) }
  }
}
