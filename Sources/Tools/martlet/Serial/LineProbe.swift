import MQTTSNCodec
import MQTTTerms
import SerialFraming

/// Finds out how messages stand on a line, by reading the same octets in every format.
struct LineProbe {
  /// What a line looks like.
  enum Verdict: Equatable {
    /// Nothing that is known.
    case unknown
    /// Frames of one format.
    case format(LineFormat)
    /// A radio's frames, in which nothing tells whether mode 1 or 2.
    case xbee
  }

  /// A reader and what it has found.
  struct Candidate {
    fileprivate var reader: LineReader<2048>
    /// Messages of MQTT-SN, forwarded or not.
    fileprivate(set) var messages = 0
    /// Frames that hold something else.
    fileprivate(set) var strangers = 0

    fileprivate init(_ format: LineFormat) { reader = LineReader(format) }

    fileprivate mutating func take(_ octets: Span<UInt8>, at now: TickTime) {
      var next = 0
      while reader.push(octets, from: &next, at: now) {
        if isMessage(reader.frame) { messages += 1 } else { strangers += 1 }
      }
    }

    fileprivate var discarded: Int { Int(reader.counters.discardedOctets) }
  }

  /// How many octets were taken.
  private(set) var octetCount = 0
  private(set) var hdlc = Candidate(.hdlc)
  private(set) var raw = Candidate(.raw)
  private(set) var xbee1 = Candidate(.xbee1)
  private(set) var xbee2 = Candidate(.xbee2)
  /// Whether there was an octet that mode 2 of a radio always escapes.
  private var hasPlainControl = false

  /// Takes octets that arrived at `now`.
  mutating func take(_ octets: Span<UInt8>, at now: TickTime) {
    octetCount += octets.count
    for index in octets.indices where octets[index] == 0x11 || octets[index] == 0x13 {
      hasPlainControl = true
    }
    hdlc.take(octets, at: now)
    raw.take(octets, at: now)
    xbee1.take(octets, at: now)
    xbee2.take(octets, at: now)
  }

  /// What the line looks like by now. Only what carries MQTT-SN is recognised; a format that says
  /// less about what is whole needs more of it.
  var verdict: Verdict {
    if hdlc.messages > 0 { return .format(.hdlc) }
    let radio = max(xbee1.messages, xbee2.messages)
    if radio > 0, min(xbee1.discarded, xbee2.discarded) * 2 <= octetCount { return radioVerdict }
    let isClean = raw.messages == 1 && raw.strangers == 0 && raw.discarded == 0
    let isLikely =
      raw.messages >= 2 && raw.strangers * 4 <= raw.messages && raw.discarded * 2 <= octetCount
    return isClean || isLikely ? .format(.raw) : .unknown
  }

  /// Whether listening on would not change the verdict.
  var isSure: Bool {
    switch verdict {
    case .unknown: false
    case .format(.hdlc): hdlc.messages >= 2
    case .format(.raw): raw.messages >= 8
    case .format(.xbee1), .format(.xbee2): max(xbee1.messages, xbee2.messages) >= 3
    case .xbee: false
    }
  }

  private var radioVerdict: Verdict {
    if xbee2.messages > xbee1.messages { return .format(.xbee2) }
    return xbee1.messages > xbee2.messages || hasPlainControl ? .format(.xbee1) : .xbee
  }

  /// The messages of the format that the line looks like.
  var messageCount: Int {
    switch verdict {
    case .unknown: 0
    case .format(.hdlc): hdlc.messages
    case .format(.raw): raw.messages
    case .format(.xbee1), .format(.xbee2), .xbee: max(xbee1.messages, xbee2.messages)
    }
  }
}

/// Whether a frame holds a message of MQTT-SN 1.2.
private func isMessage(_ frame: Span<UInt8>) -> Bool {
  do throws(CodecError) {
    _ = try Message.decode(frame)
    return true
  } catch { return false }
}
