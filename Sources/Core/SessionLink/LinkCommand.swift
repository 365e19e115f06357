import MQTTTerms
import Slabs

/// What a hub asks of its links. The conformance is the proof that no reference count ever enters
/// the queue.
public enum LinkCommand: BitwiseCopyable, Sendable {
  /// The session is there.
  case opened(LinkID, isSessionPresent: Bool)
  /// There will be no session; the link is to tell its peer and close.
  case refused(LinkID, Refusal)
  /// One message for some links. The message stays in the store until the shell has called
  /// `performed`; a link that needs it longer takes a reference of its own.
  case deliver(MessageID, to: Recipients)
  /// A QoS 1 message of the peer is the hub's responsibility now.
  case acknowledge(LinkID, PacketIdentifier)
  /// A QoS 2 message of the peer was received [MQTT 4.3.3].
  case confirm(LinkID, PacketIdentifier)
  /// The identifier of a QoS 2 message to the peer is released.
  case release(LinkID, PacketIdentifier)
  /// A QoS 2 message of the peer is done with.
  case complete(LinkID, PacketIdentifier)
  /// The answer to a request for subscriptions: one code a filter, in `CommandQueue.codes`.
  case subscribed(LinkID, PacketIdentifier, codes: IndexRange)
  /// The answer to a request to unsubscribe.
  case unsubscribed(LinkID, PacketIdentifier)
  /// The link is to close.
  case close(LinkID, Ejection)
}

/// Why a hub gives no session [MQTT 3.2.2.3].
@frozen
public enum Refusal: BitwiseCopyable, Sendable, Equatable {
  /// The Client Identifier is not allowed (an empty one with a session to keep, too long).
  case clientIdentifierNotValid
  /// The peer may not connect.
  case notAuthorized
  /// The hub is at one of its limits.
  case quotaExceeded
}

/// Why a hub closes a link.
@frozen
public enum Ejection: BitwiseCopyable, Sendable, Equatable {
  /// Another link opened with the same Client Identifier [MQTT-3.1.4-2].
  case takenOver
  /// The peer opened a second time [MQTT-3.1.0-2] or did something else out of order.
  case protocolError
  /// The hub stops.
  case shuttingDown
}

/// What a filter was granted, as in SUBACK's payload [MQTT 3.9.3].
@frozen
public struct GrantCode: BitwiseCopyable, Sendable, Equatable {
  /// 0, 1, 2 or 0x80.
  public var rawValue: UInt8

  /// The code with that number.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Granted with that QoS.
  @inlinable
  public static func granted(_ qos: QoS) -> GrantCode { GrantCode(rawValue: qos.rawValue) }

  /// Not granted.
  @inlinable public static var failure: GrantCode { GrantCode(rawValue: 0x80) }
}

/// One link that a message goes to.
@frozen
public struct Recipient: BitwiseCopyable, Sendable {
  /// The link.
  public var link: LinkID
  /// The identifier to use; none at QoS 0.
  public var packetID: PacketIdentifier
  /// The QoS to use.
  public var qos: QoS
  /// RETAIN and DUP.
  public var flags: DeliveryFlags

  /// Makes a recipient.
  @inlinable
  public init(link: LinkID, packetID: PacketIdentifier, qos: QoS, flags: DeliveryFlags) {
    self.link = link
    self.packetID = packetID
    self.qos = qos
    self.flags = flags
  }
}

/// The flags of one delivery.
@frozen
public struct DeliveryFlags: OptionSet, BitwiseCopyable, Sendable {
  /// The bits.
  public var rawValue: UInt8

  /// The flags with those bits.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A retained message that meets a new subscription [MQTT-3.3.1-8].
  @inlinable public static var retained: DeliveryFlags { DeliveryFlags(rawValue: 1) }
  /// It was sent before and not acknowledged [MQTT-3.3.1-1].
  @inlinable public static var duplicate: DeliveryFlags { DeliveryFlags(rawValue: 2) }
}

/// A run of indices. (`Range` is not bitwise copyable.)
@frozen
public struct IndexRange: BitwiseCopyable, Sendable {
  /// The first index.
  public var start: UInt32
  /// One past the last index.
  public var end: UInt32

  /// Makes a run.
  @inlinable
  public init(start: Int, end: Int) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
  }

  /// How many indices there are.
  @inlinable public var count: Int { Int(end) - Int(start) }
}

/// The recipients of one message: a run of `CommandQueue.recipients`.
public typealias Recipients = IndexRange

/// What a hub wants done, in order; the shell performs it and empties the queue.
public struct CommandQueue: ~Copyable {
  /// The commands.
  public var commands = Slab<LinkCommand>()
  /// The recipients of the `deliver` commands.
  public var recipients = Slab<Recipient>()
  /// The codes of the `subscribed` commands.
  public private(set) var codes = Slab<GrantCode>()
  private var commandedCodes = 0

  /// An empty queue.
  public init() {}

  /// Adds the code of one filter.
  public mutating func append(code: GrantCode) { codes.append(code) }

  /// Adds the answer made of the codes that were appended since the last answer.
  public mutating func appendSubscribed(_ link: LinkID, _ packetID: PacketIdentifier) {
    let answer = IndexRange(start: commandedCodes, end: codes.count)
    commands.append(.subscribed(link, packetID, codes: answer))
    commandedCodes = codes.count
  }

  /// Forgets everything and keeps the room.
  public mutating func removeAll() {
    commands.removeAll()
    recipients.removeAll()
    codes.removeAll()
    commandedCodes = 0
  }
}
