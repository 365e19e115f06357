import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs
import WireBytes

/// What the gateway knows of one node.
struct Node: ~Copyable {
  let address: NodeAddress
  var clientID = Slab<UInt8>()
  /// The node's link, from the `open` event on.
  var link: LinkID?
  var phase = ConnectPhase.opening
  var setup: ConnectSetup
  /// Whether anything but its CONNECT dialogue was heard since.
  var hasSpoken = false
  var lastHeard: LinkTime
  /// When a half-done dialogue is given up.
  var dialogueDeadline: LinkTime
  var will = WillDraft()
  var topics = TopicRegistry()
  /// The request that waits for the node's answer: one at a time [SN 6.5, 6.6].
  var exchange = Exchange.none
  var pending = PendingQueue()
  /// Requests of the node that wait for the hub's answer.
  var requests = RequestTable()
  var registerID = PacketIdentifier.none
  var counters = NodeCounters()
  /// The last payload published, if it is short.
  var lastReading = FixedBytes<32>()

  init(address: NodeAddress, setup: ConnectSetup, at now: LinkTime) {
    self.address = address
    self.setup = setup
    lastHeard = now
    dialogueDeadline = now
  }

  /// How far the CONNECT dialogue has come [SN 6.2].
  enum ConnectPhase: BitwiseCopyable {
    /// WILLTOPICREQ was sent.
    case willTopicAsked
    /// WILLMSGREQ was sent.
    case willMessageAsked
    /// The hub was asked for a session.
    case opening
    /// CONNACK was sent.
    case active
  }
}

/// What a CONNECT asked for.
struct ConnectSetup: BitwiseCopyable, Equatable {
  var duration: UInt16
  var isCleanSession: Bool
  var hasWill: Bool

  /// How long the node may be silent, in milliseconds; nothing for ever.
  var allowance: UInt64? {
    guard duration > 0 else { return nil }
    let milliseconds = UInt64(duration) * 1000
    // [SN 7.2] 50 % slack up to a minute, 10 % above.
    return duration <= 60 ? milliseconds * 3 / 2 : milliseconds * 11 / 10
  }
}

/// The will topic while the will message is still awaited.
struct WillDraft: ~Copyable {
  var topic = Slab<UInt8>()
  var qos = QoS.atMostOnce
  var isRetained = false
}

/// The one request to a node that waits for its answer [SN 6.13].
enum Exchange: BitwiseCopyable {
  case none
  /// REGISTER for the first of the pending deliveries.
  case register(id: UInt16, messageID: PacketIdentifier, Attempts)
  /// PUBLISH at QoS 1.
  case publish(PendingDelivery, Attempts)

  /// When the request is sent again, and how often it was.
  struct Attempts: BitwiseCopyable {
    var deadline: LinkTime
    var retries: UInt8 = 0
  }

  var attempts: Attempts? {
    switch self {
    case .none: nil
    case .register(_, _, let attempts), .publish(_, let attempts): attempts
    }
  }
}

/// The PUBLISHes and SUBSCRIBEs of a node that the hub has not answered yet: at most eight. The text
/// allows a client one at a time.
struct RequestTable: BitwiseCopyable {
  enum Kind: BitwiseCopyable {
    case publish, subscribe
  }

  struct Request: BitwiseCopyable {
    var kind: Kind
    var messageID: PacketIdentifier
    var topic: TopicReference
  }

  private static var capacity: Int { 8 }

  private var requests = InlineArray<8, Request>(
    repeating: Request(kind: .publish, messageID: .none, topic: .short(0)))
  private var count = 0

  var isFull: Bool { count == Self.capacity }

  func contains(_ kind: Kind, _ messageID: PacketIdentifier) -> Bool {
    position(kind, messageID) != nil
  }

  /// Notes a request; the caller has checked that there is room.
  mutating func insert(_ kind: Kind, _ messageID: PacketIdentifier, _ topic: TopicReference) {
    guard !isFull else { return }
    requests[count] = Request(kind: kind, messageID: messageID, topic: topic)
    count += 1
  }

  /// Takes a request out; gives its topic.
  mutating func remove(_ kind: Kind, _ messageID: PacketIdentifier) -> TopicReference? {
    guard let index = position(kind, messageID) else { return nil }
    let topic = requests[index].topic
    count -= 1
    requests[index] = requests[count]
    return topic
  }

  private func position(_ kind: Kind, _ messageID: PacketIdentifier) -> Int? {
    for index in 0..<count
    where requests[index].kind == kind && requests[index].messageID == messageID { return index }
    return nil
  }
}
