import MQTTTerms

/// What the TopicId field of a message means [SN 5.3.11].
@frozen
public enum TopicIDType: UInt8, BitwiseCopyable, Sendable {
  /// An id that the gateway assigned; in SUBSCRIBE and UNSUBSCRIBE a name.
  case normal = 0
  /// An id that both sides know beforehand.
  case predefined = 1
  /// The two octets are the topic name.
  case short = 2
}

/// The Flags octet [SN 5.3.4]. Bits that a message does not use are sent as 0 and not looked at.
@frozen
public struct Flags: BitwiseCopyable, Sendable, Equatable {
  /// The octet on the wire.
  public var rawValue: UInt8

  /// The flags in that octet.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// DUP: sent before and not acknowledged.
  @inlinable public static var duplicate: Flags { Flags(rawValue: 0x80) }
  /// Retain.
  @inlinable public static var retain: Flags { Flags(rawValue: 0x10) }
  /// Will: the client wants to be asked for its will.
  @inlinable public static var will: Flags { Flags(rawValue: 0x08) }
  /// CleanSession.
  @inlinable public static var cleanSession: Flags { Flags(rawValue: 0x04) }

  /// The flags with that QoS and nothing else.
  @inlinable
  public init(_ qos: QoS) { rawValue = qos.rawValue << 5 }

  /// The flags with that QoS and nothing else.
  @inlinable
  public init(_ qos: PublishQoS) { rawValue = qos.rawValue << 5 }

  /// Adds `other` where `condition` holds.
  @inlinable
  public func with(_ other: Flags, if condition: Bool = true) -> Flags {
    condition ? Flags(rawValue: rawValue | other.rawValue) : self
  }

  /// Adds a TopicIdType.
  @inlinable
  public func with(_ type: TopicIDType) -> Flags { Flags(rawValue: rawValue | type.rawValue) }

  /// Whether all bits of `other` are set.
  @inlinable
  public func contains(_ other: Flags) -> Bool { rawValue & other.rawValue == other.rawValue }

  /// The QoS bits, −1 included.
  @inlinable public var publishQoS: PublishQoS {
    switch rawValue >> 5 & 3 {
    case 0: .atMostOnce
    case 1: .atLeastOnce
    case 2: .exactlyOnce
    default: .withoutConnection
    }
  }

  /// The QoS bits, or nil for −1.
  @inlinable public var qos: QoS? { publishQoS.qos }

  /// The TopicIdType, or nil for the reserved value 3.
  @inlinable public var topicIDType: TopicIDType? { TopicIDType(rawValue: rawValue & 3) }
}

/// The QoS of a PUBLISH, which may also be −1 [SN 6.8].
@frozen
public enum PublishQoS: UInt8, BitwiseCopyable, Sendable {
  /// QoS 0
  case atMostOnce = 0
  /// QoS 1
  case atLeastOnce = 1
  /// QoS 2
  case exactlyOnce = 2
  /// QoS −1: from a client that has no connection, never answered.
  case withoutConnection = 3

  /// The QoS of a connected client.
  @inlinable
  public init(_ qos: QoS) {
    switch qos {
    case .atMostOnce: self = .atMostOnce
    case .atLeastOnce: self = .atLeastOnce
    case .exactlyOnce: self = .exactlyOnce
    }
  }

  /// The QoS 0, 1 or 2; nil for −1.
  @inlinable public var qos: QoS? { QoS(rawValue: rawValue) }
}
