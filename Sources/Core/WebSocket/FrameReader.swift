import WireBytes

/// Who reads frames: only a client masks what it sends.
public enum FrameRole: BitwiseCopyable, Sendable {
  /// Frames of clients, which are masked, are read.
  case server
  /// Frames of a server, which are not masked, are read.
  case client
}

/// What the octets of frames come to.
public enum FrameStep: BitwiseCopyable, Sendable, Equatable {
  /// The next frame, or what is left of it, has not come.
  case needMore
  /// The output is full, and there is more.
  case needRoom
  /// A ping, to be answered by `encodePong`.
  case ping
  /// The peer sends nothing more, for that reason (1005: it gave none); `encodeClose` answers.
  case closed(UInt16)
  /// The connection is to be closed.
  case failed(FrameFault)
}

/// Takes frames apart into the octets of MQTT in them [RFC 6455 5].
///
/// Nothing is kept but the content of one control frame, whatever lengths are announced.
public struct FrameReader: ~Copyable {
  private let role: FrameRole
  /// What is to come of the frame that is being read.
  private var restCount: UInt64 = 0
  private var mask: UInt32 = 0
  /// Whether the message goes on in another frame.
  private var isMessageOpen = false
  private var isClosed = false
  private var control = FixedBytes<125>()

  /// Reads the frames of the other side.
  public init(_ role: FrameRole) { self.role = role }

  /// Appends to `output` the octets of MQTT in `bytes` from `consumed` on, as far as there is room,
  /// and counts up `consumed`. Call again with what is left until more is needed.
  public mutating func receive(
    _ bytes: Span<UInt8>, consumed: inout Int, into output: inout OutputRawSpan
  ) -> FrameStep {
    while true {
      if isClosed {
        consumed = bytes.count
        return .needMore
      }
      if restCount > 0 {
        if let step = take(bytes, &consumed, into: &output) { return step }
        continue
      }
      do throws(FrameFault) {
        let step = try begin(bytes.extracting(consumed..<bytes.count), &consumed)
        if let step { return step }
      } catch {
        isClosed = true
        return .failed(error)
      }
    }
  }

  /// Takes content of the open frame; nil when it is all there.
  private mutating func take(
    _ bytes: Span<UInt8>, _ consumed: inout Int, into output: inout OutputRawSpan
  ) -> FrameStep? {
    let there = bytes.count - consumed
    if there == 0 { return .needMore }
    if output.freeCapacity == 0 { return .needRoom }
    // [MQTT-6.0.0-2] [MQTT5-6.0.0-2] packets are put together elsewhere.
    let count = min(Int(clamping: restCount), there, output.freeCapacity)
    mask = output.append(bytes.extracting(consumed..<consumed + count), masked: mask)
    restCount -= UInt64(count)
    consumed += count
    return nil
  }

  /// Takes the next header; nil when content follows, or another frame.
  private mutating func begin(
    _ bytes: Span<UInt8>, _ consumed: inout Int
  ) throws(FrameFault) -> FrameStep? {
    guard let (header, size) = try FrameHeader.decode(bytes) else { return .needMore }
    // [RFC 6455 5.1]
    if role == .server, header.mask == nil { throw .unmasked }
    if role == .client, header.mask != nil { throw .masked }
    if header.kind.isControl { return try takeControl(header, bytes, size, &consumed) }
    // [MQTT-6.0.0-1] [MQTT5-6.0.0-1]
    if header.kind == .text { throw .text }
    // [RFC 6455 5.4]
    guard (header.kind == .continuation) == isMessageOpen else { throw .outOfOrder }
    isMessageOpen = !header.isFinal
    restCount = header.contentCount
    mask = header.mask ?? 0
    consumed += size
    return nil
  }

  /// Takes a control frame when all of it is there [RFC 6455 5.5].
  private mutating func takeControl(
    _ header: FrameHeader, _ bytes: Span<UInt8>, _ size: Int, _ consumed: inout Int
  ) throws(FrameFault) -> FrameStep? {
    let count = Int(header.contentCount)
    guard bytes.count >= size + count else { return .needMore }
    let content = bytes.extracting(size..<size + count)
    control.replace { output in _ = output.append(content, masked: header.mask ?? 0) }
    consumed += size + count
    switch header.kind {
    case .ping: return .ping
    case .close: return try takeClose()
    default: return nil
    }
  }

  private mutating func takeClose() throws(FrameFault) -> FrameStep {
    isClosed = true
    if control.isEmpty { return .closed(1005) }
    guard control.count >= 2 else { throw .wrongClose }
    let code = UInt16(control[0]) << 8 | UInt16(control[1])
    guard Self.mayBeSent(code), isWellFormedUTF8(control.bytes.extracting(2..<control.count)) else {
      throw .wrongClose
    }
    return .closed(code)
  }

  /// [RFC 6455 7.4.2] and the registry of codes.
  private static func mayBeSent(_ code: UInt16) -> Bool {
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }

  /// Appends the answer to the ping that came last; `FrameHeader.longest` octets and 125 are always
  /// enough room. `mask` is a client's.
  public func encodePong(mask: UInt32? = nil, into output: inout OutputRawSpan) {
    FrameHeader(.pong, mask: mask, contentCount: UInt64(control.count)).encode(into: &output)
    _ = output.append(control.bytes, masked: mask ?? 0)
  }

  /// Appends a Close frame of that code; of 1005 one without. 16 octets are always enough room.
  public static func encodeClose(
    _ code: UInt16, mask: UInt32? = nil, into output: inout OutputRawSpan
  ) {
    guard code != 1005 else {
      return FrameHeader(.close, mask: mask, contentCount: 0).encode(into: &output)
    }
    FrameHeader(.close, mask: mask, contentCount: 2).encode(into: &output)
    let key = UInt16(truncatingIfNeeded: (mask ?? 0).byteSwapped >> 16)
    output.append(bigEndian: code ^ key)
  }

  /// Appends a frame of `content`; `FrameHeader.longest` octets more than it are enough room.
  /// `mask` is a client's.
  public static func encodeBinary(
    _ content: Span<UInt8>, mask: UInt32? = nil, into output: inout OutputRawSpan
  ) {
    FrameHeader(.binary, mask: mask, contentCount: UInt64(content.count)).encode(into: &output)
    _ = output.append(content, masked: mask ?? 0)
  }
}
