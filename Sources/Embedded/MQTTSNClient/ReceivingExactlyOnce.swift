import MQTTSNCodec
import MQTTTerms

extension Client {
  /// Whether the application gets a message of QoS 2: the first time, and only when it can be
  /// remembered and answered; else the gateway repeats it.
  mutating func receiveExactlyOnce(_ message: borrowing Publish) -> Bool {
    guard canAnswer else { return false }
    let outcome = unreleased.insert(message.messageID, isDuplicate: message.isDuplicate)
    if outcome == .full { return false }
    _ = answer(Reply(.pubrec, messageID: message.messageID))
    return outcome == .new
  }

  /// [SN 6.6] PUBREL is answered also where its message is unknown.
  mutating func receive(_ message: Pubrel) {
    guard answer(Reply(.pubcomp, messageID: message.messageID)) else { return }
    unreleased.remove(message.messageID)
  }
}

/// The MsgIds of messages of QoS 2 that are delivered and not released: `capacity` at most.
struct UnreleasedMessages<let capacity: Int>: BitwiseCopyable {
  enum Outcome: BitwiseCopyable { case new, known, full }

  // 0 stands for a free place.
  private var places: InlineArray<capacity, PacketIdentifier>
  /// Which of them are of an earlier connection.
  private var isOld: InlineArray<capacity, Bool>

  init() {
    places = InlineArray(repeating: .none)
    isOld = InlineArray(repeating: false)
  }

  /// Remembers a message. One of an earlier connection that comes without DUP is another with the
  /// same MsgId: of a gateway that has forgotten the session.
  mutating func insert(_ id: PacketIdentifier, isDuplicate: Bool) -> Outcome {
    if let index = index(of: id) {
      if isDuplicate || !isOld[index] { return .known }
      isOld[index] = false
      return .new
    }
    guard let index = index(of: .none) else { return .full }
    places[index] = id
    isOld[index] = false
    return .new
  }

  mutating func remove(_ id: PacketIdentifier) {
    if let index = index(of: id) { places[index] = .none }
  }

  mutating func removeAll() {
    for index in places.indices { places[index] = .none }
  }

  mutating func outliveConnection() {
    for index in isOld.indices { isOld[index] = true }
  }

  private func index(of id: PacketIdentifier) -> Int? {
    for index in places.indices where places[index] == id { return index }
    return nil
  }
}
