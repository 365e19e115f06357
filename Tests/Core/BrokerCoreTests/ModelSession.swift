import SessionLink

/// What a client asks for when it connects.
struct ModelRequest {
  var link: LinkID
  var isCleanStart: Bool
  /// Seconds that the session lives after the connection; `UInt32.max` for ever.
  var expiry: UInt32
  /// Its Receive Maximum.
  var limit: Int
  var queuesQoS0: Bool
  /// Whether it speaks MQTT 5.0.
  var isFive: Bool
  var startsPaused = false
  var will: ModelWill?
}

struct ModelWill {
  var message: ModelMessage
  var isRetained: Bool
  var delay: UInt32
  /// When it is published, while it waits for the client to come back.
  var due: LinkTime?
}

struct ModelSubscription: Equatable {
  var filter: Int
  /// The number of the share's name; 0 where it is not shared.
  var share = 0
  var qos: UInt8
  var isNoLocal = false
  var isRetainAsPublished = false
  var identifier: UInt32 = 0
}

/// A session as plain lists.
final class ModelSession {
  struct InFlight {
    var id: UInt16
    var copy: ModelCopy
    /// Whether the peer has received the QoS 2 message, so that only PUBCOMP is missing.
    var isReceived = false
    /// Whether it was sent on an earlier connection, and not again on this one so far.
    var wasResumed = false
    var isLeftBehind = false
  }

  let client: Int
  var request: ModelRequest
  /// Which of all connections was its last one.
  var identity = 0
  var link: LinkID?
  var expiry: UInt32
  /// When it ends, while it has no link.
  var end: LinkTime?
  var isPaused = false
  var subscriptions: [ModelSubscription] = []
  var inFlight: [InFlight] = []
  /// QoS 2 messages of the client that it has not released.
  var incoming: Set<UInt16> = []
  var queue: [ModelCopy] = []
  var replays: [ModelReplay] = []
  var will: ModelWill?
  private var nextID: UInt16 = 1

  init(_ client: Int, _ request: ModelRequest) {
    self.client = client
    self.request = request
    expiry = request.expiry
  }

  var takesMessages: Bool { link != nil && !isPaused }
  var hasPlaces: Bool { inFlight.count < request.limit }
  /// Whether a QoS 1 message could go out.
  var hasRoom: Bool { hasPlaces && !hasLeftBehind && spread < widestSpread - 1 }
  var hasLeftBehind: Bool { inFlight.contains(where: \.isLeftBehind) }
  var awaitsReplay: Bool { replays.contains { !$0.messages.isEmpty } }

  /// When time changes something about it.
  var due: LinkTime? {
    guard let end else { return will?.due }
    return min(end, will?.due ?? end)
  }

  /// Makes a message one in flight and gives its identifier, if there is room: they rise, but leave
  /// out those that messages of earlier connections still have.
  func fly(_ copy: ModelCopy) -> UInt16? {
    guard hasPlaces, !hasLeftBehind, spread < widestSpread else { return nil }
    while inFlight.contains(where: { $0.wasResumed && $0.id == nextID }) {
      guard spread < widestSpread - 1 else { return nil }
      countUp()
    }
    let id = nextID
    inFlight.append(.init(id: id, copy: copy))
    countUp()
    return id
  }

  /// A new connection: all that is in flight is to be sent again.
  func restart() {
    for place in inFlight.indices {
      inFlight[place].wasResumed = true
      inFlight[place].isLeftBehind = true
    }
    nextID = 1
  }

  private func countUp() { nextID = nextID == .max ? 1 : nextID + 1 }

  /// How far the identifiers have got since the oldest delivery of this connection.
  private var spread: Int {
    guard let oldest = inFlight.first(where: { !$0.wasResumed })?.id else { return 0 }
    return nextID >= oldest ? Int(nextID - oldest) : Int(nextID) + 65_535 - Int(oldest)
  }

  private var widestSpread: Int { max(request.limit, 8) * 8 }
}

/// Retained messages on their way to a new subscription, in no order.
struct ModelReplay {
  var subscription: ModelSubscription
  var messages: [ModelMessage] = []
  /// Topics that had nothing for it at some time: what is retained there later may be sent or not.
  var uncertain: Set<Int> = []

  func copy(_ message: ModelMessage) -> ModelCopy {
    ModelCopy(
      message: message, qos: min(message.qos, subscription.qos), isRetained: true,
      identifiers: subscription.identifier == 0 ? [] : [subscription.identifier])
  }

  /// A topic's retained message has changed; nil when there is none for this subscription.
  mutating func renew(_ topic: Int, _ message: ModelMessage?) {
    guard let place = messages.firstIndex(where: { $0.topic == topic }) else { return }
    if let message {
      messages[place] = message
    } else {
      messages.remove(at: place)
      uncertain.insert(topic)
    }
  }

  /// The message that a delivery is, if it is one of these; `current` is retained on its topic now.
  mutating func take(_ delivery: ModelDelivery, _ current: ModelMessage?) -> ModelCopy? {
    if let place = messages.firstIndex(where: { copy($0).delivery(delivery.id) == delivery }) {
      return copy(messages.remove(at: place))
    }
    guard let current, uncertain.contains(delivery.topic),
      copy(current).delivery(delivery.id) == delivery
    else { return nil }
    uncertain.remove(delivery.topic)
    return copy(current)
  }
}
