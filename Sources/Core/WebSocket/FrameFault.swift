/// What is wrong with a frame.
public enum FrameFault: Error, BitwiseCopyable, Sendable, Equatable {
  /// A reserved bit is set.
  case reservedBits
  /// No such kind of frame.
  case unknownKind
  /// A control frame that is not the last of its message.
  case fragmentedControl
  /// A control frame of more than 125 octets.
  case longControl
  /// A length that is not in its shortest form, or above 2⁶³.
  case wrongLength
  /// A client's frame without a mask.
  case unmasked
  /// A server's frame with a mask.
  case masked
  /// Text, or text that goes on [MQTT-6.0.0-1] [MQTT5-6.0.0-1].
  case text
  /// A continuation of nothing, or a new message inside another.
  case outOfOrder
  /// A Close frame whose content is no code.
  case wrongClose

  /// What the peer is told [RFC 6455 7.4.1].
  public var closeCode: UInt16 { self == .text ? 1003 : 1002 }

  /// A few words for the log.
  public var words: String {
    switch self {
    case .reservedBits: "a frame with reserved bits"
    case .unknownKind: "a frame of an unknown kind"
    case .fragmentedControl: "a control frame in fragments"
    case .longControl: "a control frame of more than 125 octets"
    case .wrongLength: "a frame with a wrong length"
    case .unmasked: "a frame without a mask"
    case .masked: "a frame with a mask"
    case .text: "a text frame"
    case .outOfOrder: "a fragment out of order"
    case .wrongClose: "a close frame with a wrong code"
    }
  }
}
