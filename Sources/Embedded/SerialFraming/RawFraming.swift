import MQTTTerms
import WireBytes

/// Finds messages in the `raw` format: MQTT-SN messages one after the other, told apart by their
/// own 1-octet Length and nothing else, as mqtt-sn-tools sends them.
///
/// There is no check and no delimiter: after an octet too much or too few only silence tells where
/// the next message begins. Octets 0, which no message begins with, are passed over.
@frozen
public struct RawFrameReader<let capacity: Int>: BitwiseCopyable, Sendable {
  /// What happened since the start. Checksum errors and aborts do not exist here.
  public private(set) var counters: FrameCounters
  @usableFromInline var storage: InlineArray<capacity, UInt8>
  private let limit: Int
  private let gapDuration: UInt32
  private var lastOctet: TickTime
  private var count: Int
  /// The Length of the message that has begun; 1 stands for none that could be followed.
  private var length: UInt8
  @usableFromInline var frameCount: Int

  /// A reader that has seen nothing. Messages may have up to `limit` octets, at most `capacity`;
  /// `gap` milliseconds of silence end a message that is not complete.
  public init(limit: Int = capacity, gap: UInt32 = 100) {
    counters = FrameCounters()
    storage = InlineArray(repeating: 0)
    self.limit = min(limit, capacity)
    gapDuration = gap
    lastOctet = TickTime(milliseconds: 0)
    count = 0
    length = 0
    frameCount = 0
  }

  /// The message that `push` has completed; empty otherwise.
  @inlinable public var frame: Span<UInt8> {
    // Inlined before it is specialised: Embedded Swift 6.3 would else span a copy that is gone.
    @inline(__always) @_lifetime(borrow self) borrowing get {
      storage.span.extracting(0..<frameCount)
    }
  }

  /// Takes octets that arrived at `now` from `octets[index]` on until one completes a message, and
  /// moves `index` behind it. Returns false when all are taken.
  public mutating func push(
    _ octets: Span<UInt8>, from index: inout Int, at now: TickTime
  ) -> Bool {
    advance(to: now)
    frameCount = 0
    lastOctet = now
    while index < octets.count {
      let octet = octets[index]
      index += 1
      if push(octet) { return true }
    }
    return false
  }

  /// Ends a message that has begun when the line has been silent for long enough at `now`.
  /// `push` does it by itself.
  public mutating func advance(to now: TickTime) {
    if length != 0, now.since(lastOctet) >= gapDuration { gap() }
  }

  /// Ends a message that has begun: the next octet is a Length.
  public mutating func gap() {
    guard length != 0 else { return }
    counters.discard(count)
    counters.resyncs &+= 1
    begin()
  }

  /// Forgets a message that has begun, as after a hang-up; the counters stay.
  public mutating func reset() {
    counters.discard(count)
    begin()
    frameCount = 0
  }

  private mutating func begin() {
    count = 0
    length = 0
  }

  private mutating func push(_ octet: UInt8) -> Bool {
    if length == 0 {
      length = octet
      if Int(octet) > limit { counters.oversized &+= 1 }
    }
    // A Length of 1 would announce the long form, which this format cannot follow.
    guard length > 1 else {
      counters.discard(1)
      return false
    }
    if count < limit { storage[count] = octet }
    count += 1
    guard count == Int(length) else { return false }
    let isWhole = count <= limit
    if isWhole {
      counters.frames &+= 1
      frameCount = count
    } else {
      counters.discard(count)
    }
    begin()
    return isWhole
  }
}

/// Writes messages in the `raw` format.
@frozen
public struct RawFrameWriter: BitwiseCopyable, Sendable {
  /// The longest message in octets.
  public let limit: Int

  /// A writer for messages of up to `limit` octets.
  @inlinable
  public init(limit: Int = 255) { self.limit = limit }

  /// Appends `message` as it is.
  ///
  /// Errors: `unframeable` when it is longer than the limit or does not begin with its own 1-octet
  /// Length (the long form, a forwarder envelope); `outOfRoom`. Nothing is written then.
  @_lifetime(output: copy output)
  public func encode(
    _ message: Span<UInt8>, into output: inout OutputRawSpan
  ) throws(FramingError) {
    guard message.count >= 2, message.count <= limit, Int(message[0]) == message.count else {
      throw .unframeable
    }
    guard output.freeCapacity >= message.count else { throw .outOfRoom }
    output.append(bytes: message)
  }
}
