import WireBytes

/// A temperature that wanders, in tenths of a degree.
struct Thermometer: BitwiseCopyable {
  private var tenths: Int

  init(random: inout FleetRandom) { tenths = Int.random(in: 180...240, using: &random) }

  /// The next reading as text: "21.4".
  mutating func read(random: inout FleetRandom) -> FixedBytes<8> {
    tenths = min(max(tenths + Int.random(in: -2...2, using: &random), 100), 399)
    var text = FixedBytes<8>()
    text.replace { output in
      output.append(Self.digit(tenths / 100))
      output.append(Self.digit(tenths / 10 % 10))
      output.append(UInt8(ascii: "."))
      output.append(Self.digit(tenths % 10))
    }
    return text
  }

  private static func digit(_ value: Int) -> UInt8 {
    UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value)
  }
}
