import WireBytes

/// DISCONNECT: a client leaves or goes to sleep, or the gateway shows it out [SN 5.4.21].
@frozen
public struct Disconnect: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// How many seconds the client sleeps; nil when it does not come back by itself. A Duration of
  /// 0 counts as none.
  public var duration: UInt16?

  /// A DISCONNECT, with a sleep duration in seconds if the client goes to sleep.
  @inlinable
  public init(duration: UInt16? = nil) { self.duration = duration }

  /// Decodes the body of a DISCONNECT.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) {
    if body.isEmpty {
      self.init()
    } else {
      try requireBody(body, of: 2)
      let seconds = bigEndian(body, at: 0)
      self.init(duration: seconds == 0 ? nil : seconds)
    }
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .disconnect }
  /// The octets of the body.
  @inlinable public var bodySize: Int { duration == nil ? 0 : 2 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    if let duration { output.append(bigEndian: duration) }
  }
}
