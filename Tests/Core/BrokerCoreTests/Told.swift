import SessionLink

/// What goes wrong when the broker and the model disagree.
struct Disagreement: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

/// A message as the model knows it. Every copy that the broker stores has a number of its own.
struct ModelMessage: Equatable {
  var number = 0
  var topic: Int
  /// 0 stands for an empty payload.
  var payload: Int
  var qos: UInt8
  /// The seconds for which it is of use; nil for ever …
  var expiry: Int?
  /// … and when that is over.
  var end = LinkTime.max
  /// Who has published it, of a retained message, and on which of all connections (0 for nobody).
  var publisher: Int?
  var identity = 0

  /// The octets that the broker stores.
  var octets: Int {
    WalkNames.topics[topic].utf8.count + (payload == 0 ? 0 : String(payload).utf8.count)
  }
}

/// What one session gets of a message.
struct ModelCopy: Equatable {
  var message: ModelMessage
  var qos: UInt8
  var isRetained = false
  /// The Subscription Identifiers, sorted.
  var identifiers: [UInt32] = []
  /// It was retained and on its way to a new subscription when the client left.
  var isParked = false

  func delivery(_ id: UInt16, isDuplicate: Bool = false) -> ModelDelivery {
    ModelDelivery(
      topic: message.topic, payload: message.payload, qos: qos, id: id, isRetained: isRetained,
      isDuplicate: isDuplicate, identifiers: identifiers, end: message.end)
  }
}

/// What a client is sent.
struct ModelDelivery: Equatable {
  var topic: Int
  var payload: Int
  var qos: UInt8
  var id: UInt16
  var isRetained: Bool
  var isDuplicate: Bool
  var identifiers: [UInt32]
  var end: LinkTime
}

/// One thing that a link is told.
enum Told: Equatable {
  case opened(isPresent: Bool)
  case acknowledged(UInt16, Reception)
  case confirmed(UInt16, Reception)
  case released(UInt16, isKnown: Bool)
  case completed(UInt16, isKnown: Bool)
  case subscribed([UInt8])
  case unsubscribed([UInt8])
  case closed(Ejection)
  case message(ModelDelivery)
  /// What never happens in a random walk.
  case strange(String)
}
