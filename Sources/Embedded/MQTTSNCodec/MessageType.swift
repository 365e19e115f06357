/// The MsgType octet [SN 5.2.2].
@frozen
public struct MessageType: BitwiseCopyable, Sendable, Equatable {
  /// The octet on the wire.
  public let rawValue: UInt8

  /// The type with that code, defined or not.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// ADVERTISE
  @inlinable public static var advertise: Self { Self(rawValue: 0x00) }
  /// SEARCHGW
  @inlinable public static var searchGateway: Self { Self(rawValue: 0x01) }
  /// GWINFO
  @inlinable public static var gatewayInfo: Self { Self(rawValue: 0x02) }
  /// CONNECT
  @inlinable public static var connect: Self { Self(rawValue: 0x04) }
  /// CONNACK
  @inlinable public static var connack: Self { Self(rawValue: 0x05) }
  /// WILLTOPICREQ
  @inlinable public static var willTopicRequest: Self { Self(rawValue: 0x06) }
  /// WILLTOPIC
  @inlinable public static var willTopic: Self { Self(rawValue: 0x07) }
  /// WILLMSGREQ
  @inlinable public static var willMessageRequest: Self { Self(rawValue: 0x08) }
  /// WILLMSG
  @inlinable public static var willMessage: Self { Self(rawValue: 0x09) }
  /// REGISTER
  @inlinable public static var register: Self { Self(rawValue: 0x0A) }
  /// REGACK
  @inlinable public static var regack: Self { Self(rawValue: 0x0B) }
  /// PUBLISH
  @inlinable public static var publish: Self { Self(rawValue: 0x0C) }
  /// PUBACK
  @inlinable public static var puback: Self { Self(rawValue: 0x0D) }
  /// PUBCOMP
  @inlinable public static var pubcomp: Self { Self(rawValue: 0x0E) }
  /// PUBREC
  @inlinable public static var pubrec: Self { Self(rawValue: 0x0F) }
  /// PUBREL
  @inlinable public static var pubrel: Self { Self(rawValue: 0x10) }
  /// SUBSCRIBE
  @inlinable public static var subscribe: Self { Self(rawValue: 0x12) }
  /// SUBACK
  @inlinable public static var suback: Self { Self(rawValue: 0x13) }
  /// UNSUBSCRIBE
  @inlinable public static var unsubscribe: Self { Self(rawValue: 0x14) }
  /// UNSUBACK
  @inlinable public static var unsuback: Self { Self(rawValue: 0x15) }
  /// PINGREQ
  @inlinable public static var pingreq: Self { Self(rawValue: 0x16) }
  /// PINGRESP
  @inlinable public static var pingresp: Self { Self(rawValue: 0x17) }
  /// DISCONNECT
  @inlinable public static var disconnect: Self { Self(rawValue: 0x18) }
  /// WILLTOPICUPD
  @inlinable public static var willTopicUpdate: Self { Self(rawValue: 0x1A) }
  /// WILLTOPICRESP
  @inlinable public static var willTopicResponse: Self { Self(rawValue: 0x1B) }
  /// WILLMSGUPD
  @inlinable public static var willMessageUpdate: Self { Self(rawValue: 0x1C) }
  /// WILLMSGRESP
  @inlinable public static var willMessageResponse: Self { Self(rawValue: 0x1D) }
  /// The forwarder encapsulation
  @inlinable public static var encapsulated: Self { Self(rawValue: 0xFE) }
}
