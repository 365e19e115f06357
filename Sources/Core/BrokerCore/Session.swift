import MQTTTerms
import SessionLink
import Slabs

/// What the broker keeps for one Client Identifier, with or without a connection [MQTT 4.1].
struct Session: ~Copyable {
  /// The link, while there is one.
  var link: LinkID?
  var clientID: Slab<UInt8>
  var traits: LinkTraits
  /// Whether deliveries wait: the peer is slow or asleep.
  var isPaused = false
  /// Seconds that it lives after its connection; 0 ends with it, `UInt32.max` lives for ever.
  var expiry: UInt32
  /// When it ends, while it has no link and not for ever.
  var expiresAt: LinkTime?
  /// The nodes of its filters.
  var subscriptions = Slab<TopicNode>()
  var window = InFlightWindow()
  /// Where the topic it published last stood in the topic cache.
  var lastEntry: UInt32 = 0
  /// QoS 2 messages of the peer that it has not released.
  var incoming = IncomingIdentifiers()
  var queue = DeliveryQueue()
  /// Retained messages that wait for it in replays, and the round in which it got some last.
  var replaying = 0
  var replayRound: UInt64 = 0
  /// Whether the queue was full since it was empty.
  var isDropping = false
  var will: Will?

  /// The will: a message in the store, and whether it is retained.
  struct Will: BitwiseCopyable {
    var message: MessageID
    var isRetained: Bool
  }

  init(clientID: Span<UInt8>, traits: LinkTraits, expiry: UInt32) {
    self.clientID = Slab(capacity: clientID.count)
    self.clientID.append(contentsOf: clientID)
    self.traits = traits
    self.expiry = expiry
  }

  /// The recipient for a message that can go out now; at QoS 1 it is in flight then.
  mutating func recipient(
    of message: MessageID, _ qos: QoS, _ flags: DeliveryFlags
  ) -> Recipient? {
    guard let link, !isPaused else { return nil }
    var id = PacketIdentifier.none
    if qos != .atMostOnce {
      // [MQTT-4.6.0-5], [MQTT-4.6.0-6] nothing overtakes what waits.
      guard queue.isEmpty,
        let next = window.push(message, qos, limit: Int(traits.receiveMaximum))
      else { return nil }
      id = next
    } else if traits.queuesQoS0, !queue.isEmpty {
      // [MQTT-4.6.0-6] others of QoS 0 may wait there.
      return nil
    }
    return Recipient(link: link, packetID: id, qos: qos, flags: flags)
  }
}
