import MQTTTerms
import SessionLink
import Slabs

/// What the broker keeps for one Client Identifier, with or without a connection [MQTT 4.1]. There
/// may be very many: small fields stand together.
struct Session: ~Copyable {
  /// The link, while there is one.
  var link: LinkID?
  /// Whether deliveries wait: the peer is slow or asleep.
  var isPaused = false
  /// Whether the queue was full since it was empty.
  var isDropping = false
  /// Whose it is.
  var identity: IdentityID
  var traits: LinkTraits
  /// How many more messages a sleeping peer that fetches them is sent; nothing while it does not.
  var drainBudget: UInt32?
  /// Seconds that it lives after its connection; 0 ends with it, `UInt32.max` lives for ever.
  var expiry: UInt32
  /// When it ends, while it has no link and not for ever.
  var expiresAt: LinkTime?
  /// Where the topic it published last stood in the topic cache.
  var lastEntry: UInt32 = 0
  /// Its filters.
  var subscriptions = Slab<Subscription>()
  var window = InFlightWindow()
  /// Octets of payload in flight; counted where there is a limit.
  var inFlightOctets = 0
  /// QoS 2 messages of the peer that it has not released.
  var incoming = IncomingIdentifiers()
  var queue = DeliveryQueue()
  /// Retained messages that wait for it in replays, and the round in which it got some last.
  var replaying = 0
  var replayRound: UInt64 = 0
  /// Until when nothing more is said about it in the log.
  var quietUntil: LinkTime = 0
  var will: Will?

  /// Where one of its filters stands.
  struct Subscription: BitwiseCopyable {
    var node: TopicNode
    /// The share it is a member of; `TopicTree.noShare` where it is not shared.
    var share: UInt32
  }

  /// The will: a message in the store, and how it is published.
  struct Will: BitwiseCopyable {
    var message: MessageID
    var isRetained: Bool
    /// Seconds that it waits after the connection.
    var delay: UInt32
    /// Seconds for which the message is of use.
    var expiry: UInt32
    /// When it is published, while it waits.
    var dueAt: LinkTime?
  }

  init(identity: IdentityID, traits: LinkTraits, expiry: UInt32) {
    self.identity = identity
    self.traits = traits
    self.expiry = expiry
  }

  /// When time changes something about it: the will is due, or its end.
  var nextDue: LinkTime? {
    guard let willAt = will?.dueAt else { return expiresAt }
    return min(willAt, expiresAt ?? willAt)
  }

  /// Whether QoS 0 messages wait in the queue when they cannot go out.
  var queuesQoS0: Bool { traits.queuesQoS0 || (traits.queuesQoS0Asleep && link != nil) }

  /// The recipient for a message that can go out now; at QoS 1 it is in flight then, with what
  /// `kept` says of the subscriptions.
  @inline(__always)
  mutating func recipient(
    of message: MessageID, _ qos: QoS, _ flags: DeliveryFlags,
    kept: SubscriptionIdentifiers = .none
  ) -> Recipient? {
    guard let link, !isPaused else { return nil }
    var id = PacketIdentifier.none
    if qos != .atMostOnce {
      // [MQTT-4.6.0-5], [MQTT-4.6.0-6], [MQTT5-4.6.0-5] nothing overtakes what waits;
      // [MQTT5-3.3.4-9] [MQTT5-4.9.0-1] no more than the peer takes at once.
      guard queue.isEmpty,
        let next = window.push(
          message, qos, kept, flags: flags, limit: Int(traits.receiveMaximum))
      else { return nil }
      id = next
    } else if !queue.isEmpty, queuesQoS0 {
      // [MQTT5-3.3.4-10] [MQTT5-4.9.0-3] QoS 0 need not wait for places in flight.
      // [MQTT-4.6.0-6], [MQTT5-4.6.0-6] others of QoS 0 may wait there.
      return nil
    }
    return Recipient(link: link, packetID: id, qos: qos, flags: flags)
  }
}
