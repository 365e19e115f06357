import SessionLink

/// What goes wrong when the broker and the model disagree.
struct Disagreement: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

/// A message as the model knows it. Every copy that the broker stores has a number of its own.
struct ModelMessage: Equatable {
  var number: Int
  var topic: String
  var payload: String
  var qos: UInt8
}

/// What a client is sent.
struct ModelDelivery: Equatable {
  var topic: String
  var payload: String
  var qos: UInt8
  var id: UInt16
  var isRetained = false
  var isDuplicate = false
}

/// One thing that a link is told.
enum Told: Equatable {
  case opened(isPresent: Bool)
  case acknowledged(UInt16)
  case confirmed(UInt16)
  case released(UInt16)
  case completed(UInt16)
  case subscribed([UInt8])
  case unsubscribed
  case takenOver
  case message(ModelDelivery)
}

/// A session as plain lists.
struct ModelSession {
  struct InFlight {
    var id: UInt16
    var message: ModelMessage
    var qos: UInt8
    /// Whether the peer has received the QoS 2 message, so that only PUBCOMP is missing.
    var isReceived = false
    var wasResumed = false
  }

  struct Waiting {
    var message: ModelMessage
    var qos: UInt8
    var isRetained = false
  }

  /// Retained messages on their way to a new subscription, in no order.
  struct Replay {
    var filter: String
    var qos: UInt8
    var messages: [ModelMessage]
    /// Topics that were cleared meanwhile: whatever is retained there later may be sent or not.
    var cleared: Set<String> = []
  }

  var isClean: Bool
  var limit: Int
  var queuesQoS0: Bool
  var link: LinkID?
  var isPaused = false
  var subscriptions: [(filter: String, qos: UInt8)] = []
  var inFlight: [InFlight] = []
  /// QoS 2 messages of the client that it has not released.
  var incoming: Set<UInt16> = []
  var queue: [Waiting] = []
  var replays: [Replay] = []
  var will: (message: ModelMessage, isRetained: Bool)?
  var nextID: UInt16 = 1

  var takesMessages: Bool { link != nil && !isPaused }
  var hasRoom: Bool { inFlight.count < limit }
  var replayCount: Int { replays.reduce(0) { $0 + $1.messages.count } }

  /// The identifier for a new message in flight: rising, but none that an old one still has.
  mutating func takeID(for message: ModelMessage, _ qos: UInt8) -> UInt16 {
    if qos == 0 { return 0 }
    while inFlight.contains(where: { $0.wasResumed && $0.id == nextID }) { nextID += 1 }
    inFlight.append(.init(id: nextID, message: message, qos: qos))
    nextID += 1
    return nextID - 1
  }

  /// Every stored message that the session needs.
  var needed: [Int] {
    inFlight.filter { !$0.isReceived }.map(\.message.number) + queue.map(\.message.number)
      + (will.map { [$0.message.number] } ?? [])
  }
}

extension ModelSession {
  /// The message of a replay that a delivery is; `current` is what is retained on its topic.
  mutating func takeReplayed(_ delivery: ModelDelivery, _ current: ModelMessage?) -> ModelMessage? {
    for place in replays.indices {
      let granted = replays[place].qos
      let found = replays[place].messages.firstIndex {
        $0.topic == delivery.topic && $0.payload == delivery.payload
          && min($0.qos, granted) == delivery.qos
      }
      if let found { return replays[place].messages.remove(at: found) }
    }
    for place in replays.indices {
      guard let current, current.payload == delivery.payload,
        min(current.qos, replays[place].qos) == delivery.qos,
        replays[place].cleared.remove(delivery.topic) != nil
      else { continue }
      return current
    }
    return nil
  }
}

extension ModelSession.Replay {
  /// A topic's retained message has changed.
  mutating func renew(_ message: ModelMessage) {
    guard let place = messages.firstIndex(where: { $0.topic == message.topic }) else { return }
    if message.payload.isEmpty {
      messages.remove(at: place)
      cleared.insert(message.topic)
    } else {
      messages[place] = message
    }
  }
}
