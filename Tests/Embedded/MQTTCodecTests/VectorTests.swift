import MQTTCodec
import MQTTTerms
import Testing

@Suite struct VectorTests {
  @Test(arguments: vectors)
  func `a packet is read as it stands in the table`(vector: Vector) {
    #expect(read(bytes(vector.hex), version: vector.version) == .packet(vector.words))
  }

  @Test(arguments: vectors)
  func `a packet that is read and written again is the same`(vector: Vector) throws {
    let original = bytes(vector.hex)
    #expect(try rewrite(original, version: vector.version) == original)
  }

  @Test(arguments: vectors)
  func `a packet whose end has not arrived needs more`(vector: Vector) {
    let whole = bytes(vector.hex)
    for count in whole.indices {
      #expect(read(Array(whole[0..<count]), version: vector.version) == .needMore)
    }
  }

  @Test(arguments: vectors.filter { bytes($0.hex).count < 100 })
  func `a packet cut short inside its own length is never the same packet`(vector: Vector) {
    let whole = bytes(vector.hex)
    for count in 2..<whole.count {
      var short = Array(whole[0..<count])
      short[1] = UInt8(count - 2)
      let reading = read(short, version: vector.version)
      #expect(reading != .needMore && reading != .packet(vector.words))
      if whole[0] >> 4 != 3, whole[0] >> 4 != 8, whole[0] >> 4 != 9, whole[0] >> 4 != 10 {
        #expect(reading == .fault(.truncated))
      }
    }
  }

  @Test(arguments: vectors.filter { bytes($0.hex).count < 100 })
  func `bytes after the last field are refused`(vector: Vector) {
    var long = bytes(vector.hex)
    guard long[0] >> 4 != 3 else { return }
    long[1] += 1
    long.append(0xFF)
    let expected: CodecError =
      switch long[0] >> 4 {
      case 8, 10: .truncated
      case 9: .malformedReturnCode
      default: .trailingBytes
      }
    #expect(read(long, version: vector.version) == .fault(expected))
  }

  @Test(arguments: vectors)
  func `an output that is too small stays as it was`(vector: Vector) throws {
    let whole = bytes(vector.hex)
    // What consists of several pieces is checked piece by piece.
    guard whole[0] >> 4 != 8, whole[0] >> 4 != 10 else { return }
    for capacity in whole.indices {
      let count = try room(rewriting: whole, capacity: capacity, version: vector.version)
      #expect(count == 0)
    }
  }

  @Test func `random bytes never trap and never read as more than there is`() {
    var random = SplitMix(seed: 0x4D51_5454)
    for _ in 0..<60_000 {
      var noise = (0..<Int(random.next() % 40)).map { _ in UInt8(truncatingIfNeeded: random.next())
      }
      if noise.count >= 2, random.next() % 2 == 0 {
        // A header that fits, so that the noise reaches the fields.
        let type = UInt8(random.next() % 14) + 1
        noise[0] = type << 4 | (PacketType(rawValue: type)?.reservedFlags ?? 0)
        noise[1] = UInt8(noise.count - 2)
      }
      let reading = read(noise, version: random.next() % 2 == 0 ? .mqtt31 : .mqtt311)
      if case .packet(let words) = reading { #expect(!words.isEmpty && noise.count >= 2) }
    }
  }

  @Test func `vectors with one octet changed never trap`() {
    for vector in vectors {
      let whole = bytes(vector.hex)
      for index in whole.indices.prefix(60) {
        for value in UInt8.min...UInt8.max {
          var changed = whole
          changed[index] = value
          let reading = read(changed, version: vector.version)
          if value == whole[index] { #expect(reading == .packet(vector.words)) }
        }
      }
    }
  }

  /// How many octets stand in an output that the packet did not fit.
  private func room(
    rewriting whole: [UInt8], capacity: Int, version: ProtocolVersion
  ) throws(CodecError) -> Int {
    let span = whole.span
    guard let header = try FixedHeader.decode(span, version: version),
      let body = header.body(of: span)
    else { throw .truncated }
    let packet = try Packet.decode(body, header: header, version: version)
    return try written(capacity: capacity) { (output) throws(CodecError) in
      do throws(CodecError) { try encode(packet, into: &output, version: version) } catch {
        guard error == .outOfRoom else { throw error }
      }
    }.count
  }
}

/// A small generator of random numbers, the same on every run.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
