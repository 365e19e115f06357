import Testing

@testable import SerialFraming

@Suite struct NoisyLineTests {
  /// Frames on a line whose octets are hit with a probability: flipped, lost or doubled.
  private struct Noisy {
    var octets: [UInt8] = []
    var unhit: [[UInt8]] = []
    var sent: Set<[UInt8]> = []
  }

  private func noisyLine(
    _ format: LineFormat = .hdlc, rate: Double, seed: UInt64
  ) throws -> Noisy {
    var random = SeededNumbers(seed: seed)
    var noisy = Noisy()
    for number in 0..<2_000 {
      // Unlike each other, so that an invented frame cannot pass for a sent one.
      let rest = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        [0x7E, 0x7D, 0x11, UInt8.random(in: 0...255, using: &random)]
          .randomElement(using: &random) ?? 0
      }
      let body = [UInt8(rest.count + 3), UInt8(number >> 8), UInt8(number & 255)] + rest
      var isHit = false
      let octets = format.hasRadios ? received(body, format) : try framed(body)
      for octet in octets {
        guard Double.random(in: 0..<1, using: &random) < rate else {
          noisy.octets.append(octet)
          continue
        }
        isHit = true
        switch Int.random(in: 0..<3, using: &random) {
        case 0: noisy.octets.append(octet ^ UInt8.random(in: 1...255, using: &random))
        case 1: noisy.octets += [octet, UInt8.random(in: 0...255, using: &random)]
        default: break
        }
      }
      noisy.sent.insert(body)
      if !isHit { noisy.unhit.append(body) }
    }
    return noisy
  }

  @Test(arguments: [0.01, 0.1], [1, 2, 3] as [UInt64])
  func `every frame that is not hit arrives, and none is invented`(
    rate: Double, seed: UInt64
  ) throws {
    let noisy = try noisyLine(rate: rate, seed: seed)
    var reader = LineReader<255>(.hdlc)
    let found = reader.messages(in: noisy.octets)
    #expect(noisy.unhit.count > 100 && noisy.unhit.count < 1_900)
    let arrived = Set(found)
    #expect(noisy.unhit.allSatisfy(arrived.contains))
    #expect(arrived.isSubset(of: noisy.sent))
    #expect(arrived.count == found.count)
    #expect(reader.counters.frames == found.count)
    #expect(reader.counters.checksumErrors > 0)
  }

  /// The sum of a radio's frame has 8 bits: a few of the frames that were hit pass. In mode 2 no other
  /// frame is lost; in mode 1, where a 7E that was lost is as good as the next frame's, a few are.
  @Test(arguments: [LineFormat.xbee1, .xbee2], [0.01, 0.1])
  func `of a radio's frames those that are not hit arrive, and few are invented`(
    format: LineFormat, rate: Double
  ) throws {
    var (unhit, lost, hit, invented) = (0, 0, 0, 0)
    for seed in 1...5 as ClosedRange<UInt64> {
      let noisy = try noisyLine(format, rate: rate, seed: seed)
      var reader = LineReader<512>(format, limit: 255)
      let found = reader.messages(in: noisy.octets) + reader.messages(in: [], at: 1_000)
      let arrived = Set(found)
      unhit += noisy.unhit.count
      lost += noisy.unhit.count { !arrived.contains($0) }
      hit += noisy.sent.count - noisy.unhit.count
      invented += found.count { !noisy.sent.contains($0) }
      #expect(reader.counters.checksumErrors > 0 && reader.counters.resyncs > 0)
    }
    #expect(unhit > 100 && hit > 1_000)
    #expect(format == .xbee2 ? lost == 0 : lost * 50 <= unhit, "\(lost) of \(unhit)")
    #expect(invented * (format == .xbee2 ? 100 : 20) <= hit, "\(invented) of \(hit)")
  }

  @Test(arguments: [0.01, 0.1])
  func `noise between frames hits no frame`(rate: Double) throws {
    var random = SeededNumbers(seed: 7)
    var octets: [UInt8] = []
    var bodies: [[UInt8]] = []
    for number in 0..<1_000 {
      let body = [UInt8(number >> 8), UInt8(number & 255), 0x7E]
      while Double.random(in: 0..<1, using: &random) < rate * 5 {
        octets.append(UInt8.random(in: 0...255, using: &random))
      }
      octets += try framed(body)
      bodies.append(body)
    }
    var reader = LineReader<255>(.hdlc)
    let found = reader.messages(in: octets)
    #expect(found == bodies)
    #expect(reader.counters.discardedOctets > 20)
  }

  @Test func `random octets make no frame`() {
    var random = SeededNumbers(seed: 99)
    var reader = LineReader<255>(.hdlc)
    var raw = LineReader<255>(.raw)
    let octets = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let found = reader.messages(in: octets)
    #expect(found.count <= 1)
    let messages = raw.messages(in: octets)
    #expect(messages.allSatisfy { Int($0[0]) == $0.count })
  }
}
