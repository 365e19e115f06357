import MQTTTerms

/// How messages stand on a serial line: the values of `serial_framing`.
@frozen
public enum LineFormat: UInt8, BitwiseCopyable, Sendable {
  /// Delimiter, escapes and CRC-16.
  case hdlc
  /// Messages one after the other, as mqtt-sn-tools sends them.
  case raw
}

/// Reads a line whose format is known only at run time.
@frozen
public struct LineReader<let capacity: Int>: BitwiseCopyable, Sendable {
  /// The format of the line.
  public let format: LineFormat
  private var hdlc: FrameReader<capacity>
  private var raw: RawFrameReader<capacity>

  /// A reader that has seen nothing. Messages may have up to `limit` octets, at most `capacity`.
  public init(_ format: LineFormat, limit: Int = capacity) {
    self.format = format
    hdlc = FrameReader(limit: limit)
    raw = RawFrameReader(limit: limit)
  }

  /// What happened since the start.
  public var counters: FrameCounters { format == .hdlc ? hdlc.counters : raw.counters }

  /// The message that `push` has completed; empty otherwise.
  public var frame: Span<UInt8> {
    // Inlined before it is specialised: Embedded Swift 6.3 would else span a copy that is gone.
    @inline(__always) @_lifetime(borrow self) borrowing get {
      switch format {
      case .hdlc: hdlc.frame
      case .raw: raw.frame
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
    }
  }

  /// Forgets a message that has begun, as after a hang-up; the counters stay.
  public mutating func reset() {
    switch format {
    case .hdlc: hdlc.reset()
    case .raw: raw.reset()
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

  /// Appends `message` in the line's format; `isOpening` when the line was idle before.
  /// Errors: `outOfRoom`, `unframeable`; nothing is written then.
  @_lifetime(output: copy output)
  public func encode(
    _ message: Span<UInt8>, isOpening: Bool, into output: inout OutputRawSpan
  ) throws(FramingError) {
    switch format {
    case .hdlc:
      try FrameWriter(limit: limit).encode(message, isOpening: isOpening, into: &output)
    case .raw: try RawFrameWriter(limit: limit).encode(message, into: &output)
    }
  }
}
