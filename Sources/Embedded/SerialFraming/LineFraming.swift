import MQTTTerms

/// How messages stand on a serial line: the values of `serial_framing`.
@frozen
public enum LineFormat: UInt8, BitwiseCopyable, Sendable {
  /// Delimiter, escapes and CRC-16.
  case hdlc
  /// Messages one after the other, as mqtt-sn-tools sends them.
  case raw
  /// API frames of a Digi XBee radio in API mode 1, where nothing is escaped.
  case xbee1
  /// API frames of a Digi XBee radio in API mode 2, where 7E, 7D, 11 and 13 are escaped.
  case xbee2

  /// Whether radios with addresses of their own share the line.
  public var hasRadios: Bool { self == .xbee1 || self == .xbee2 }
}

/// Reads a line whose format is known only at run time.
@frozen
public struct LineReader<let capacity: Int>: BitwiseCopyable, Sendable {
  /// The format of the line.
  public let format: LineFormat
  private var hdlc: FrameReader<capacity>
  private var raw: RawFrameReader<capacity>
  private var xbee: XBeeFrameReader<capacity>

  /// A reader that has seen nothing. Messages may have up to `limit` octets, at most `capacity`, or
  /// 16 less where there are radios.
  public init(_ format: LineFormat, limit: Int = capacity) {
    self.format = format
    hdlc = FrameReader(limit: limit)
    raw = RawFrameReader(limit: limit)
    xbee = XBeeFrameReader(escaping: format == .xbee2, limit: limit)
  }

  /// What happened since the start.
  public var counters: FrameCounters {
    switch format {
    case .hdlc: hdlc.counters
    case .raw: raw.counters
    case .xbee1, .xbee2: xbee.counters
    }
  }

  /// What the radio told beside messages; all zero on a line without one.
  public var radio: RadioCounters { xbee.radio }

  /// The radio that the last message came from; without meaning on a line without radios.
  public var source: RadioAddress { xbee.source }

  /// The message that `push` has completed; empty otherwise.
  public var frame: Span<UInt8> {
    // Inlined before it is specialised: Embedded Swift 6.3 would else span a copy that is gone.
    @inline(__always) @_lifetime(borrow self) borrowing get {
      switch format {
      case .hdlc: hdlc.frame
      case .raw: raw.frame
      case .xbee1, .xbee2: xbee.frame
      }
    }
  }

  /// Takes octets that arrived at `now` from `octets[index]` on until one completes a message, and
  /// moves `index` behind it. Returns false when all are taken.
  public mutating func push(
    _ octets: Span<UInt8>, from index: inout Int, at now: TickTime
  ) -> Bool {
    switch format {
    case .hdlc: hdlc.push(octets, from: &index)
    case .raw: raw.push(octets, from: &index, at: now)
    case .xbee1, .xbee2: xbee.push(octets, from: &index, at: now)
    }
  }

  /// Forgets a message that has begun, as after a hang-up; the counters stay.
  public mutating func reset() {
    switch format {
    case .hdlc: hdlc.reset()
    case .raw: raw.reset()
    case .xbee1, .xbee2: xbee.reset()
    }
  }
}

/// Writes to a line whose format is known only at run time.
@frozen
public struct LineWriter: BitwiseCopyable, Sendable {
  /// The format of the line.
  public let format: LineFormat
  /// The longest message in octets.
  public let limit: Int

  /// A writer for messages of up to `limit` octets.
  public init(_ format: LineFormat, limit: Int = 255) {
    self.format = format
    self.limit = limit
  }

  /// The most octets that a message of `count` octets takes on the line.
  public func maximumSize(bodyCount count: Int) -> Int {
    switch format {
    case .hdlc: FrameWriter.maximumSize(bodyCount: count)
    case .raw: count
    case .xbee1, .xbee2: XBeeFrameWriter.maximumSize(bodyCount: count)
    }
  }

  /// Appends `message` in the line's format; `isOpening` when the line was idle before. Where there
  /// are radios it goes to `station`, and `frameID` is what its transmit status is known by.
  /// Errors: `outOfRoom`, `unframeable`; nothing is written then.
  @_lifetime(output: copy output)
  public func encode(
    _ message: Span<UInt8>, to station: RadioAddress = .everybody, frameID: UInt8 = 1,
    isOpening: Bool, into output: inout OutputRawSpan
  ) throws(FramingError) {
    switch format {
    case .hdlc:
      try FrameWriter(limit: limit).encode(message, isOpening: isOpening, into: &output)
    case .raw: try RawFrameWriter(limit: limit).encode(message, into: &output)
    case .xbee1, .xbee2:
      try XBeeFrameWriter(escaping: format == .xbee2, limit: limit)
        .encode(message, to: station, frameID: frameID, into: &output)
    }
  }
}
