/// A room that warms up and cools down by six degrees within four minutes, read by a sensor with
/// a little noise. Integers only: tenths of a degree Celsius.
public struct Thermometer {
  private var sample: UInt32
  private var noise: UInt32

  /// A thermometer whose first reading is 18.0 °C and some noise.
  public init() {
    sample = 0
    noise = 0x2545_F491
  }

  /// The next reading, one a second, in tenths of a degree (180...247).
  public mutating func read() -> UInt32 {
    let phase = sample & 0xFF
    sample &+= 1
    let away = phase < 128 ? phase : 256 - phase
    return 180 + wave(away) + nextNoise()
  }

  /// From 0 to 64 while `x` goes from 0 to 128: two parabolas, so that it turns smoothly.
  /// Unchecked products, because a checked one is a product of 64 bits.
  private func wave(_ x: UInt32) -> UInt32 {
    x <= 64 ? (x &* x) >> 7 : 64 - (((128 - x) &* (128 - x)) >> 7)
  }

  /// 0...3: two bits of a xorshift register.
  private mutating func nextNoise() -> UInt32 {
    noise ^= noise << 13
    noise ^= noise >> 17
    noise ^= noise << 5
    return noise >> 30
  }
}

extension OutputRawSpan {
  /// Appends tenths (0...999) as decimal text: 214 as "21.4". The caller has checked the room.
  @_lifetime(self: copy self)
  mutating func append(tenths value: UInt32) {
    let degrees = tenth(of: value)
    let tens = tenth(of: degrees)
    append(digit: tens)
    append(digit: degrees &- 10 &* tens)
    append(0x2E)
    append(digit: value &- 10 &* degrees)
  }

  @_lifetime(self: copy self)
  private mutating func append(digit: UInt32) { append(0x30 + UInt8(truncatingIfNeeded: digit)) }
}

/// A tenth of 0...1028, rounded down, without division, which a Cortex-M0 has not got.
private func tenth(of value: UInt32) -> UInt32 { (value &* 205) >> 11 }
