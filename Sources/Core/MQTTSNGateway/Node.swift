import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs
import WireBytes

/// What the gateway knows of one node. Most of thousands only publish: what few of them need is
/// allocated when they do, and small fields stand together.
struct Node: ~Copyable {
  var address: NodeAddress
  var clientID = Slab<UInt8>()
  /// The node's link, from the `open` event on.
  var link: LinkID?
  var phase = NodePhase.opening
  var setup: ConnectSetup
  /// Whether anything but its CONNECT dialogue was heard since.
  var hasSpoken = false
  var registerID = PacketIdentifier.none
  /// The topic of its last QoS 0 message.
  var lastTopic = TopicReference.short(0)
  var will = WillDraft()
  var sleep = Sleep()
  /// The REGISTER that waits for its REGACK: one at a time [SN 6.5].
  var registration: Registration?
  var lastHeard: LinkTime
  /// When a half-done dialogue is given up.
  var dialogueDeadline: LinkTime
  var topics = TopicRegistry()
  /// QoS 1 and 2 messages that wait for an answer of the node [SN 6.6].
  var flights = Slab<Flight>()
  var pending = PendingQueue()
  /// Requests of the node that wait for the hub's answer.
  var requests = RequestTable()
  var counters = NodeCounters()
  /// The last payload published, if it is short.
  var lastReading = FixedBytes<32>()

  init(address: NodeAddress, setup: ConnectSetup, at now: LinkTime) {
    self.address = address
    self.setup = setup
    lastHeard = now
    dialogueDeadline = now
  }

  /// When its next unanswered request is due to be sent again.
  var nextAttempt: LinkTime? {
    var earliest = registration?.attempts.deadline
    for index in 0..<flights.count {
      let deadline = flights[index].attempts.deadline
      earliest = min(deadline, earliest ?? deadline)
    }
    return earliest
  }
}

/// What a node is about [SN 9], its CONNECT dialogue included [SN 6.2].
enum NodePhase: BitwiseCopyable {
  /// WILLTOPICREQ was sent.
  case willTopicAsked
  /// WILLMSGREQ was sent.
  case willMessageAsked
  /// The hub was asked for a session.
  case opening
  /// CONNACK was sent.
  case active
  /// It sleeps: what is meant for it waits with the hub.
  case asleep
  /// It fetches what waits; `isDrained` once the hub has handed out all of it.
  case awake(isDrained: Bool)

  /// Whether the hub has a session for it.
  var isConnected: Bool {
    switch self {
    case .active, .asleep, .awake: true
    case .willTopicAsked, .willMessageAsked, .opening: false
    }
  }

  var isActive: Bool { if case .active = self { true } else { false } }
  var isOpening: Bool { if case .opening = self { true } else { false } }
  var isAsleep: Bool { if case .asleep = self { true } else { false } }
  var isAwake: Bool { if case .awake = self { true } else { false } }
  /// Whether the node waits for the next step of its will dialogue.
  var isWillDialogue: Bool {
    switch self {
    case .willTopicAsked, .willMessageAsked: true
    default: false
    }
  }
}

/// How long a node sleeps, and since when [SN 6.14].
struct Sleep: BitwiseCopyable {
  var since: LinkTime = 0
  /// In seconds.
  var duration: UInt16 = 0
  /// Whether it should have woken by now.
  var isLate = false

  /// When the node wakes, by what it said.
  var wakesAt: LinkTime { since + UInt64(duration) * 1000 }
}

/// What a CONNECT asked for.
struct ConnectSetup: BitwiseCopyable, Equatable {
  var duration: UInt16
  var isCleanSession: Bool
  var hasWill: Bool

  /// How long the node may be silent, in milliseconds; nothing for ever.
  var allowance: UInt64? { duration > 0 ? silenceAllowance(duration) : nil }
}

/// How long a node may be silent that has said so many seconds, in milliseconds.
func silenceAllowance(_ seconds: UInt16) -> UInt64 {
  let milliseconds = UInt64(seconds) * 1000
  // [SN 7.2] 50 % slack up to a minute, 10 % above.
  return seconds <= 60 ? milliseconds * 3 / 2 : milliseconds * 11 / 10
}

/// The will topic while the will message is still awaited.
struct WillDraft: ~Copyable {
  var topic = Seldom<Slab<UInt8>>()
  var qos = QoS.atMostOnce
  var isRetained = false
  /// Whether the node has announced a will and then given none.
  var isDeclined = false

  /// Notes the topic.
  mutating func name(_ topicName: Span<UInt8>) {
    topic.make(Slab())
    topic[].removeAll()
    topic[].append(contentsOf: topicName)
  }
}

/// When a request is sent again, and how often it was [SN 6.13].
struct Attempts: BitwiseCopyable {
  var deadline: LinkTime
  var retries: UInt8 = 0
}

/// A REGISTER for the first of the pending deliveries.
struct Registration: BitwiseCopyable {
  var id: UInt16
  var messageID: PacketIdentifier
  var attempts: Attempts
}

/// A QoS 1 or 2 message on its way to a node.
struct Flight: BitwiseCopyable {
  /// Its message is not held any more once the node has received it.
  var delivery: PendingDelivery
  /// PUBREL was sent: the node has received the QoS 2 message, PUBCOMP is awaited.
  var isReleased = false
  var attempts: Attempts
}

/// The PUBLISHes, SUBSCRIBEs and will updates of a node that the hub has not answered yet: at most eight. The text
/// allows a client one at a time.
struct RequestTable: ~Copyable {
  enum Kind: BitwiseCopyable {
    case publish, subscribe, willTopic, willMessage
  }

  struct Request: BitwiseCopyable {
    var kind: Kind
    var messageID: PacketIdentifier
    var topic: TopicReference
  }

  private static var capacity: Int { 8 }

  private var requests = Slab<Request>()

  var isFull: Bool { requests.count == Self.capacity }

  func contains(_ kind: Kind, _ messageID: PacketIdentifier) -> Bool {
    position(kind, messageID) != nil
  }

  /// Notes a request; the caller has checked that there is room.
  mutating func insert(_ kind: Kind, _ messageID: PacketIdentifier, _ topic: TopicReference) {
    guard !isFull else { return }
    requests.append(Request(kind: kind, messageID: messageID, topic: topic))
  }

  /// Takes a request out; gives its topic.
  mutating func remove(_ kind: Kind, _ messageID: PacketIdentifier) -> TopicReference? {
    guard let index = position(kind, messageID) else { return nil }
    return requests.swapRemove(at: index).topic
  }

  private func position(_ kind: Kind, _ messageID: PacketIdentifier) -> Int? {
    for index in 0..<requests.count
    where requests[index].kind == kind && requests[index].messageID == messageID { return index }
    return nil
  }
}
