import WireBytes

/// What a frame is [RFC 6455 5.2].
public enum FrameKind: UInt8, BitwiseCopyable, Sendable {
  /// More of a message that has begun.
  case continuation = 0
  /// Text, which MQTT has no use for.
  case text = 1
  /// Octets of MQTT.
  case binary = 2
  /// The last frame of its sender.
  case close = 8
  /// To be answered by a pong of the same content.
  case ping = 9
  /// An answer to a ping, or a sign of life.
  case pong = 10

  /// Whether it may stand between the frames of a message.
  public var isControl: Bool { rawValue >= 8 }
}

/// What stands in front of a frame's content [RFC 6455 5.2].
public struct FrameHeader: BitwiseCopyable, Sendable, Equatable {
  /// The longest header in octets.
  public static var longest: Int { 14 }
  /// The longest content of a control frame in octets [RFC 6455 5.5].
  public static var longestControl: Int { 125 }

  /// What the frame is.
  public var kind: FrameKind
  /// Whether it ends its message.
  public var isFinal: Bool
  /// The four octets that the content is masked with, the first in the lowest place; nil without.
  public var mask: UInt32?
  /// The octets of the content.
  public var contentCount: UInt64

  /// A header of those parts.
  public init(
    _ kind: FrameKind, isFinal: Bool = true, mask: UInt32? = nil, contentCount: UInt64
  ) {
    self.kind = kind
    self.isFinal = isFinal
    self.mask = mask
    self.contentCount = contentCount
  }

  /// Appends it, in the shortest form; `longest` octets are always enough room.
  public func encode(into output: inout OutputRawSpan) {
    let masked: UInt8 = mask == nil ? 0 : 0x80
    output.append(kind.rawValue | (isFinal ? 0x80 : 0))
    if contentCount < 126 {
      output.append(masked | UInt8(contentCount))
    } else if let count = UInt16(exactly: contentCount) {
      output.append(masked | 126)
      output.append(bigEndian: count)
    } else {
      output.append(masked | 127)
      output.append(bigEndian: UInt32(truncatingIfNeeded: contentCount >> 32))
      output.append(bigEndian: UInt32(truncatingIfNeeded: contentCount))
    }
    if let mask { output.append(bigEndian: mask.byteSwapped) }
  }

  /// The header at the beginning of `bytes` and its size, nil when it is not complete; throws for
  /// one that no frame of MQTT has.
  static func decode(
    _ bytes: Span<UInt8>
  ) throws(FrameFault) -> (header: FrameHeader, size: Int)? {
    guard bytes.count >= 2 else { return nil }
    // Nobody has agreed to extensions, which these bits are for.
    guard bytes[0] & 0x70 == 0 else { throw .reservedBits }
    guard let kind = FrameKind(rawValue: bytes[0] & 0x0F) else { throw .unknownKind }
    var header = FrameHeader(kind, isFinal: bytes[0] & 0x80 != 0, contentCount: 0)
    if kind.isControl, !header.isFinal { throw .fragmentedControl }
    if kind.isControl, bytes[1] & 0x7F > 125 { throw .longControl }
    let width = width(ofCount: bytes[1] & 0x7F)
    let maskSize = bytes[1] & 0x80 == 0 ? 0 : 4
    let size = 2 + width + maskSize
    guard bytes.count >= size else { return nil }
    header.contentCount = try count(bytes, width)
    if maskSize > 0 {
      header.mask = (0..<4).reduce(0) { $0 | UInt32(bytes[2 + width + $1]) << UInt32(8 * $1) }
    }
    return (header, size)
  }

  private static func width(ofCount count: UInt8) -> Int {
    switch count {
    case 126: 2
    case 127: 8
    default: 0
    }
  }

  private static func count(
    _ bytes: Span<UInt8>, _ width: Int
  ) throws(FrameFault) -> UInt64 {
    if width == 0 { return UInt64(bytes[1] & 0x7F) }
    var count: UInt64 = 0
    for index in 2..<2 + width { count = count << 8 | UInt64(bytes[index]) }
    // [RFC 6455 5.2] the shortest form, and the highest bit is 0.
    guard count >> 63 == 0, count > (width == 2 ? 125 : 0xFFFF) else { throw .wrongLength }
    return count
  }
}
