import Datagrams
import MQTTSNGateway
import SerialFraming
import Slabs

/// The radios behind one serial line: their messages come with addresses, and what goes to them
/// waits for the answer of the radio before them, as in Paho's gateway.
struct Radios: BitwiseCopyable {
  /// How long an answer is waited for, in milliseconds.
  static let patience: UInt64 = 1000

  /// The short addresses heard last, by a few bits of the long one.
  private var heard = InlineArray<64, RadioAddress>(repeating: .everybody)
  /// The number of the last frame, 1...255.
  private var frameID: UInt8 = 0
  /// When the wait for an answer ends; nothing while none is waited for.
  private(set) var waitsUntil: UInt64?
  /// Whether the radio answers at all; one that does not is not waited for.
  private var answers = false
  private var answerCount: UInt32 = 0

  /// The node behind the radio that a message came from. Its long address is what it is known by:
  /// the short one may change whenever it joins the network again.
  mutating func address(of source: RadioAddress, line: UInt16) -> NodeAddress {
    guard source.isLongKnown else {
      return NodeAddress(line: line, words: .init(source.wide, UInt64(source.short), 1))
    }
    heard[Self.place(of: source.wide)] = source
    return NodeAddress(line: line, words: .init(source.wide, 0, 1))
  }

  /// The radio to send to for a node.
  func station(of address: NodeAddress) -> RadioAddress {
    let wide = address.words.first
    let station = RadioAddress(wide: wide, short: UInt16(truncatingIfNeeded: address.words.second))
    guard station.isLongKnown else { return station }
    let last = heard[Self.place(of: wide)]
    return last.wide == wide ? last : RadioAddress(wide: wide)
  }

  /// The number of the next frame.
  mutating func nextFrameID() -> UInt8 {
    frameID = frameID == 255 ? 1 : frameID + 1
    return frameID
  }

  /// A frame has gone to the radio at `now`.
  mutating func wrote(at now: UInt64) {
    if answers { waitsUntil = now + Self.patience }
  }

  /// Looks whether the radio has answered since.
  mutating func take(_ counters: RadioCounters) {
    let count = counters.delivered &+ counters.undelivered
    guard count != answerCount else { return }
    answerCount = count
    answers = true
    waitsUntil = nil
  }

  /// The radio has not answered in time, or is gone: it is not waited for until it answers again.
  mutating func giveUp() {
    waitsUntil = nil
    answers = false
  }

  private static func place(of wide: UInt64) -> Int {
    Int(truncatingIfNeeded: (wide &* 0x9E37_79B9_7F4A_7C15) >> 58)
  }
}

extension RadioAddress {
  /// The 64-bit address as one number.
  var wide: UInt64 { UInt64(high) << 32 | UInt64(low) }

  init(wide: UInt64, short: UInt16 = RadioAddress.unknownShort) {
    self.init(
      high: UInt32(truncatingIfNeeded: wide >> 32), low: UInt32(truncatingIfNeeded: wide),
      short: short)
  }
}

/// Frames that wait for their radio, oldest first and bounded.
struct HeldFrames: ~Copyable {
  private static let octetLimit = 16_384

  private var bytes = Slab<UInt8>()
  private var ends = Slab<Int>()
  private var first = 0

  var isEmpty: Bool { first == ends.count }

  /// Adds a frame, unless there is no room for it; tells which.
  mutating func append(_ frame: Span<UInt8>) -> Bool {
    if bytes.count + frame.count > Self.octetLimit { moveToFront() }
    guard bytes.count + frame.count <= Self.octetLimit else { return false }
    bytes.append(contentsOf: frame)
    ends.append(bytes.count)
    return true
  }

  /// Lets the oldest frame wait for the line's flush; tells whether the line took it.
  mutating func writeFirst(to line: inout SerialLine) -> Bool {
    let start = first == 0 ? 0 : ends[first - 1]
    let isTaken = line.write(bytes.span.extracting(start..<ends[first]))
    first += 1
    if isEmpty { removeAll() }
    return isTaken
  }

  mutating func removeAll() {
    bytes.removeAll()
    ends.removeAll()
    first = 0
  }

  private mutating func moveToFront() {
    let start = first == 0 ? 0 : ends[first - 1]
    var rest = Slab<UInt8>(capacity: bytes.count - start)
    var places = Slab<Int>(capacity: ends.count - first)
    rest.append(contentsOf: bytes.span.extracting(start..<bytes.count))
    for index in first..<ends.count { places.append(ends[index] - start) }
    swap(&bytes, &rest)
    swap(&ends, &places)
    first = 0
  }
}
