import WireBytes

/// The forwarder encapsulation: a whole message and the wireless node that it comes from or goes to
/// [SN 5.5].
///
/// Its Length covers the envelope only and has always one octet. An envelope in an envelope is not
/// opened here; a gateway refuses it.
@frozen
public struct ForwarderEnvelope: ~Escapable {
  /// How far a forwarder broadcasts (0...3); of use toward the forwarder only.
  public let radius: UInt8
  /// The wireless node behind the forwarder: 0...252 octets.
  public let nodeID: Span<UInt8>
  /// The datagram inside: at least two octets, not looked at.
  public let message: Span<UInt8>

  /// An envelope around the datagram `message`.
  @inlinable
  @_lifetime(copy nodeID, copy message)
  public init(nodeID: Span<UInt8>, message: Span<UInt8>, radius: UInt8 = 0) {
    self.radius = radius & 3
    self.nodeID = nodeID
    self.message = message
  }

  /// Whether `datagram` has the MsgType of an envelope.
  @inlinable
  public static func isEnvelope(_ datagram: Span<UInt8>) -> Bool {
    datagram.count >= 2 && datagram[1] == MessageType.encapsulated.rawValue && datagram[0] != 1
  }

  /// Opens the envelope of a datagram.
  ///
  /// Errors: `unknownType` when it is none, `malformedLength` when its Length is under 3,
  /// `truncated` when no message can follow.
  @_lifetime(copy datagram)
  public init(_ datagram: Span<UInt8>) throws(CodecError) {
    guard ForwarderEnvelope.isEnvelope(datagram) else { throw .unknownType }
    let length = Int(datagram[0])
    guard length >= 3 else { throw .malformedLength }
    guard datagram.count >= length + 2 else { throw .truncated }
    radius = datagram[2] & 3
    nodeID = datagram.extracting(3..<length)
    message = datagram.extracting(droppingFirst: length)
  }

  /// The octets of the envelope and the message in it.
  @inlinable public var encodedSize: Int { 3 + nodeID.count + message.count }

  /// Appends the envelope and the message in it. Errors: `outOfRoom`, `tooLong`.
  @_lifetime(output: copy output)
  public func encode(into output: inout OutputRawSpan) throws(CodecError) {
    guard output.freeCapacity >= encodedSize else { throw .outOfRoom }
    try ForwarderEnvelope.encodeHeader(nodeID: nodeID, radius: radius, into: &output)
    output.append(bytes: message)
  }

  /// Appends an envelope (3 octets and the node id) for the message that is encoded next.
  /// Errors: `outOfRoom`, `tooLong` for a node id of more than 252 octets.
  @_lifetime(output: copy output)
  public static func encodeHeader(
    nodeID: Span<UInt8>, radius: UInt8 = 0, into output: inout OutputRawSpan
  ) throws(CodecError) {
    guard nodeID.count <= 252 else { throw .tooLong }
    guard output.freeCapacity >= 3 + nodeID.count else { throw .outOfRoom }
    output.append(UInt8(truncatingIfNeeded: 3 + nodeID.count))
    output.append(MessageType.encapsulated.rawValue)
    output.append(radius & 3)
    output.append(bytes: nodeID)
  }
}
