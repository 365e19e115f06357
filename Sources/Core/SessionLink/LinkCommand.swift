import MQTTTerms
import Slabs

/// What a hub asks of its links. The conformance is the proof that no reference count ever enters
/// the queue.
public enum LinkCommand: BitwiseCopyable, Sendable {
  /// The session is there.
  case opened(LinkID, Opening)
  /// The peer is to go on showing who it is, with these octets of `CommandQueue.octets`; `isDone`
  /// when a connected peer has shown it anew.
  case challenge(LinkID, isDone: Bool, data: IndexRange)
  /// There will be no session; the link is to tell its peer and close.
  case refused(LinkID, Refusal)
  /// One message for some links. The message stays in the store until the shell has called
  /// `performed`; a link that needs it longer takes a reference of its own.
  case deliver(MessageID, to: Recipients)
  /// A QoS 1 message of the peer is the hub's responsibility now, or was refused.
  case acknowledge(LinkID, PacketIdentifier, Reception)
  /// A QoS 2 message of the peer was received [MQTT 4.3.3], or refused.
  case confirm(LinkID, PacketIdentifier, Reception)
  /// The identifier of a QoS 2 message to the peer is released; `isKnown` unless there is none.
  case release(LinkID, PacketIdentifier, isKnown: Bool)
  /// A QoS 2 message of the peer is done with; `isKnown` unless there is none.
  case complete(LinkID, PacketIdentifier, isKnown: Bool)
  /// The answer to a request for subscriptions: one code a filter, in `CommandQueue.codes`.
  case subscribed(LinkID, PacketIdentifier, codes: IndexRange)
  /// The answer to a request to unsubscribe, likewise.
  case unsubscribed(LinkID, PacketIdentifier, codes: IndexRange)
  /// The will of the peer was changed, or not.
  case willUpdated(LinkID, Reception)
  /// Nothing waits for the sleeping peer any more, and deliveries wait again.
  case drained(LinkID)
  /// The link is to close.
  case close(LinkID, Ejection)
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
  /// The identifiers of the subscriptions that match.
  public var identifiers: SubscriptionIdentifiers

  /// Makes a recipient.
  @inlinable
  public init(
    link: LinkID, packetID: PacketIdentifier, qos: QoS, flags: DeliveryFlags,
    identifiers: SubscriptionIdentifiers = .none
  ) {
    self.link = link
    self.packetID = packetID
    self.qos = qos
    self.flags = flags
    self.identifiers = identifiers
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

/// The identifiers of the subscriptions that a message comes by [MQTT5-3.3.4-4]: none, one, or a run
/// that stands somewhere else. Hardly ever is there more than one.
@frozen
public struct SubscriptionIdentifiers: BitwiseCopyable, Sendable, Equatable {
  @usableFromInline var rawValue: UInt32

  @inlinable
  init(rawValue: UInt32) { self.rawValue = rawValue }

  /// None.
  @inlinable public static var none: SubscriptionIdentifiers { .init(rawValue: 0) }

  /// That one (1...268,435,455); none for 0.
  @inlinable
  public static func one(_ identifier: UInt32) -> SubscriptionIdentifiers {
    .init(rawValue: identifier & 0x0FFF_FFFF)
  }

  /// The run with that number.
  @inlinable
  public static func run(_ number: UInt32) -> SubscriptionIdentifiers {
    .init(rawValue: number | 1 << 31)
  }

  /// One word that differs where the identifiers do.
  @inlinable public var word: UInt32 { rawValue }

  /// The number of the run, if it is one.
  @inlinable public var run: UInt32? { rawValue >> 31 == 1 ? rawValue & 0x7FFF_FFFF : nil }

  /// The one identifier, if it is one.
  @inlinable public var one: UInt32? { rawValue == 0 || rawValue >> 31 == 1 ? nil : rawValue }

  /// Whether there is none.
  @inlinable public var isNone: Bool { rawValue == 0 }
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
  /// The codes of the `subscribed` and `unsubscribed` commands.
  public private(set) var codes = Slab<GrantCode>()
  private var commandedCodes = 0
  /// Runs of Subscription Identifiers: how many, then that many.
  private var identifiers = Slab<UInt32>()
  /// What the commands `challenge` and `opened` send along.
  public private(set) var octets = Slab<UInt8>()

  /// An empty queue.
  public init() {}

  /// Adds the code of one filter.
  public mutating func append(code: GrantCode) { codes.append(code) }

  /// Adds the answer made of the codes that were appended since the last answer.
  public mutating func appendSubscribed(_ link: LinkID, _ packetID: PacketIdentifier) {
    commands.append(.subscribed(link, packetID, codes: takeCodes()))
  }

  /// The same for a request to unsubscribe.
  public mutating func appendUnsubscribed(_ link: LinkID, _ packetID: PacketIdentifier) {
    commands.append(.unsubscribed(link, packetID, codes: takeCodes()))
  }

  private mutating func takeCodes() -> IndexRange {
    let answer = IndexRange(start: commandedCodes, end: codes.count)
    commandedCodes = codes.count
    return answer
  }

  /// Copies octets in, for a `challenge` or an `opened` to name.
  public mutating func append(octets bytes: Span<UInt8>) -> IndexRange {
    let start = octets.count
    octets.append(contentsOf: bytes)
    return IndexRange(start: start, end: octets.count)
  }

  /// Copies a run of Subscription Identifiers in, for a recipient to name.
  public mutating func append(identifiers run: Span<UInt32>) -> SubscriptionIdentifiers {
    let number = UInt32(truncatingIfNeeded: identifiers.count)
    identifiers.append(UInt32(truncatingIfNeeded: run.count))
    identifiers.append(contentsOf: run)
    return .run(number)
  }

  /// The Subscription Identifiers of a run that a recipient names.
  @_lifetime(borrow self)
  public func identifiers(ofRun run: UInt32) -> Span<UInt32> {
    let start = Int(run) + 1
    return identifiers.span.extracting(start..<start + Int(identifiers[Int(run)]))
  }

  /// Forgets everything and keeps the room.
  @inlinable
  public mutating func removeAll() {
    commands.removeAll()
    recipients.removeAll()
    forgetDetails()
  }

  @usableFromInline
  mutating func forgetDetails() {
    codes.removeAll()
    commandedCodes = 0
    identifiers.removeAll()
    octets.removeAll()
  }
}
