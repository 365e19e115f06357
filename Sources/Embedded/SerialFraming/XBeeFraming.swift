import MQTTTerms

/// Finds messages in the API frames of a Digi XBee radio, as Paho's gateway uses them: 7E, length
/// high octet first, API id and data, FF minus their sum.
///
/// Receive packets (90) are messages, transmit statuses (8B) are counted, all other frames are
/// passed over. In mode 2 a 7E inside a frame is escaped, so that a plain one always begins a frame.
/// In mode 1 nothing is escaped: what begins with a 7E and is no whole frame is searched again from
/// its next octet on, so that a false start costs no frame. Whatever arrives, at most `capacity`
/// octets are kept.
@frozen
public struct XBeeFrameReader<let capacity: Int>: BitwiseCopyable, Sendable {
  /// What happened since the start.
  public private(set) var counters: FrameCounters
  /// What the radio told beside messages.
  public private(set) var radio: RadioCounters
  /// The radio that the last message came from.
  public private(set) var source: RadioAddress
  /// The frame that has begun, unescaped, from `start` to `end`; it begins with a 7E.
  @usableFromInline var storage: InlineArray<capacity, UInt8>
  private let isEscaping: Bool
  private let lengthLimit: Int
  private let gapDuration: UInt32
  private var lastOctet: TickTime
  private var start: Int
  private var end: Int
  private var isBehindEscape: Bool
  /// Whether octets were dropped since the last whole frame.
  private var isLost: Bool
  /// Whether what is kept was there before a silence, so that nothing more of it will come.
  private var isStale: Bool
  @usableFromInline var frameStart: Int
  @usableFromInline var frameEnd: Int

  /// A reader that has seen nothing, of mode 2 when it is `escaping`, else of mode 1. Messages may
  /// have up to `limit` octets, at most `capacity` − 16; `gap` milliseconds of silence end a frame
  /// that is not complete.
  public init(escaping: Bool, limit: Int = capacity, gap: UInt32 = 500) {
    counters = FrameCounters()
    radio = RadioCounters()
    source = .everybody
    storage = InlineArray(repeating: 0)
    isEscaping = escaping
    lengthLimit = min(limit, capacity - 16) + XBee.receiveHead
    gapDuration = gap
    lastOctet = TickTime(milliseconds: 0)
    (start, end, frameStart, frameEnd) = (0, 0, 0, 0)
    (isBehindEscape, isLost, isStale) = (false, false, false)
  }

  /// The message that `push` has completed; empty otherwise.
  @inlinable public var frame: Span<UInt8> {
    // Inlined before it is specialised: Embedded Swift 6.3 would else span a copy that is gone.
    @inline(__always) @_lifetime(borrow self) borrowing get {
      storage.span.extracting(frameStart..<frameEnd)
    }
  }

  /// Takes octets that arrived at `now` from `octets[index]` on until one completes a message, and
  /// moves `index` behind it. Returns false when all are taken.
  public mutating func push(
    _ octets: Span<UInt8>, from index: inout Int, at now: TickTime
  ) -> Bool {
    frameEnd = frameStart
    if start < end, now.since(lastOctet) >= gapDuration { isStale = true }
    lastOctet = now
    while isStale {
      if examine() { return true }
      if start < end { drop() } else { isStale = false }
    }
    while !examine() {
      guard index < octets.count else { return false }
      take(octets[index])
      index += 1
    }
    return true
  }

  /// Forgets a frame that has begun, as after a hang-up; the counters stay.
  public mutating func reset() {
    counters.discard(end - start)
    (start, end) = (0, 0)
    (isBehindEscape, isLost, isStale) = (false, false, false)
    frameEnd = frameStart
  }

  private mutating func take(_ octet: UInt8) {
    if isEscaping, octet == XBee.delimiter {
      if start < end {
        counters.aborted &+= 1
        drop()
      }
      return append(octet)
    }
    guard start < end || octet == XBee.delimiter else {
      isLost = true
      return counters.discard(1)
    }
    if isBehindEscape {
      isBehindEscape = false
      append(octet ^ 0x20)
    } else if isEscaping, octet == XBee.escape {
      isBehindEscape = true
    } else {
      append(octet)
    }
  }

  private mutating func append(_ octet: UInt8) {
    if start > 0, end == capacity { moveToFront() }
    guard end < capacity else { return drop() }
    storage[end] = octet
    end += 1
  }

  private mutating func moveToFront() {
    var index = start
    while index < end {
      storage[index - start] = storage[index]
      index += 1
    }
    (start, end) = (0, end - start)
  }

  /// Gives up the frame that has begun: in mode 1 another may have begun inside it.
  private mutating func drop() {
    isLost = true
    isBehindEscape = false
    let next = isEscaping ? end : start + 1
    counters.discard(next - start)
    start = next
  }

  /// Looks for a whole frame in what is kept; returns whether it is a message.
  private mutating func examine() -> Bool {
    while start < end {
      guard storage[start] == XBee.delimiter else {
        drop()
        continue
      }
      guard end - start >= 3 else { return false }
      let length = Int(pair(start + 1))
      guard length > 0, length <= lengthLimit else {
        if length > 0 { counters.oversized &+= 1 }
        drop()
        continue
      }
      guard end - start >= length + 4 else { return false }
      guard isWhole(length) else {
        counters.checksumErrors &+= 1
        drop()
        continue
      }
      let data = start + 3
      start = data + length + 1
      if isLost { counters.resyncs &+= 1 }
      isLost = false
      if open(data, length) { return true }
    }
    (start, end) = (0, 0)
    return false
  }

  /// The two octets from `index` on.
  private func pair(_ index: Int) -> UInt16 {
    UInt16(storage[index]) << 8 | UInt16(storage[index + 1])
  }

  private func isWhole(_ length: Int) -> Bool {
    var sum: UInt8 = 0
    var index = start + 3
    let last = index + length
    while index <= last {
      sum &+= storage[index]
      index += 1
    }
    return sum == 0xFF
  }

  /// Opens the whole frame whose API id stands at `data`; returns whether it is a message.
  private mutating func open(_ data: Int, _ length: Int) -> Bool {
    switch storage[data] {
    case XBee.receivePacket where length > XBee.receiveHead:
      source = RadioAddress(
        high: UInt32(pair(data + 1)) << 16 | UInt32(pair(data + 3)),
        low: UInt32(pair(data + 5)) << 16 | UInt32(pair(data + 7)), short: pair(data + 9))
      counters.frames &+= 1
      (frameStart, frameEnd) = (data + XBee.receiveHead, data + length)
      return true
    case XBee.transmitStatus where length >= 7:
      if storage[data + 5] == 0 { radio.delivered &+= 1 } else { radio.undelivered &+= 1 }
    default:
      radio.others &+= 1
    }
    return false
  }
}

/// Writes messages as transmit requests to a Digi XBee radio, as Paho's gateway does.
@frozen
public struct XBeeFrameWriter: BitwiseCopyable, Sendable {
  /// Whether the radio is in API mode 2.
  public let isEscaping: Bool
  /// The longest message in octets.
  public let limit: Int

  /// A writer for a radio in mode 2 when it is `escaping`, else in mode 1.
  @inlinable
  public init(escaping: Bool, limit: Int = 255) {
    isEscaping = escaping
    self.limit = limit
  }

  /// The most octets that a frame with a message of `count` octets takes: everything escaped.
  @inlinable
  public static func maximumSize(bodyCount count: Int) -> Int { 2 * (count + 17) + 1 }

  /// Appends the request to send `message` to `station` with the largest radius. The radio answers
  /// with a transmit status that has the same `frameID` (1...255; 0 asks for none).
  ///
  /// Errors: `unframeable` for an empty message or one longer than the limit; `outOfRoom`. Nothing
  /// is written then.
  @_lifetime(output: copy output)
  public func encode(
    _ message: Span<UInt8>, to station: RadioAddress, frameID: UInt8,
    into output: inout OutputRawSpan
  ) throws(FramingError) {
    let length = XBee.transmitHead + message.count
    guard !message.isEmpty, message.count <= limit, length <= Int(UInt16.max) else {
      throw .unframeable
    }
    let head = head(station, frameID)
    var sum: UInt8 = 0
    var size = 1 + wireSize(length)
    for index in head.indices {
      sum &+= head[index]
      size += wireSize(head[index])
    }
    for index in message.indices {
      sum &+= message[index]
      size += wireSize(message[index])
    }
    guard output.freeCapacity >= size + wireSize(0xFF &- sum) else { throw .outOfRoom }
    output.append(XBee.delimiter)
    append(UInt8(truncatingIfNeeded: length >> 8), to: &output)
    append(UInt8(truncatingIfNeeded: length), to: &output)
    for index in head.indices { append(head[index], to: &output) }
    for index in message.indices { append(message[index], to: &output) }
    append(0xFF &- sum, to: &output)
  }

  /// API id, frame id, both addresses, radius 0 for the largest, no options.
  private func head(_ station: RadioAddress, _ frameID: UInt8) -> InlineArray<14, UInt8> {
    var head = InlineArray<14, UInt8>(repeating: 0)
    head[0] = XBee.transmitRequest
    head[1] = frameID
    for index in 0..<4 {
      let shift = UInt32(24 - 8 * index)
      head[2 + index] = UInt8(truncatingIfNeeded: station.high >> shift)
      head[6 + index] = UInt8(truncatingIfNeeded: station.low >> shift)
    }
    head[10] = UInt8(truncatingIfNeeded: station.short >> 8)
    head[11] = UInt8(truncatingIfNeeded: station.short)
    return head
  }

  private func wireSize(_ octet: UInt8) -> Int { isEscaping && isEscaped(octet) ? 2 : 1 }

  private func wireSize(_ length: Int) -> Int {
    wireSize(UInt8(truncatingIfNeeded: length >> 8)) + wireSize(UInt8(truncatingIfNeeded: length))
  }

  @_lifetime(output: copy output)
  private func append(_ octet: UInt8, to output: inout OutputRawSpan) {
    if isEscaping && isEscaped(octet) {
      output.append(XBee.escape)
      output.append(octet ^ 0x20)
    } else {
      output.append(octet)
    }
  }
}

/// The octets of Digi's API frames.
private enum XBee {
  static var delimiter: UInt8 { 0x7E }
  static var escape: UInt8 { 0x7D }
  static var transmitRequest: UInt8 { 0x10 }
  static var transmitStatus: UInt8 { 0x8B }
  static var receivePacket: UInt8 { 0x90 }
  /// API id, 64-bit and 16-bit source, options.
  static var receiveHead: Int { 12 }
  /// API id, frame id, 64-bit and 16-bit destination, radius, options.
  static var transmitHead: Int { 14 }
}
