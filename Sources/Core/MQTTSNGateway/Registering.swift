import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

// [SN 6.5] topic names and their ids.
extension Gateway {
  /// A node asks for the id of a name.
  mutating func register(_ register: Register, from index: Int) {
    var answer = Regack(topicID: 0, messageID: register.messageID, returnCode: .notSupported)
    // A name with a wildcard is no Topic Name.
    if isTopicName(register.topicName) {
      if let id = assignID(to: register.topicName, for: index) {
        nodes[index].topics.setKnown(id, true)
        answer.topicID = id
        answer.returnCode = .accepted
      } else {
        answer.returnCode = .congestion
      }
    }
    send(answer, to: index)
  }

  /// A node has taken an id, or refuses it.
  mutating func registered(_ regack: Regack, from index: Int, messages: inout MessageStore) {
    guard let registration = nodes[index].registration,
      regack.messageID == registration.messageID
    else { return }
    nodes[index].registration = nil
    if regack.returnCode.isAccepted {
      nodes[index].topics.setKnown(registration.id, true)
    } else if let refused = nodes[index].pending.popFirst() {
      // Without the id the PUBLISH cannot be understood; the session stays.
      drop(refused, of: index, messages: &messages)
    }
    proceed(index, messages: &messages)
  }

  /// How the node knows `name` already, or nothing.
  func reference(of name: Span<UInt8>, for index: Int) -> TopicReference? {
    if let id = nodes[index].topics.id(of: name), nodes[index].topics.isKnown(id) {
      return .normal(id)
    }
    if let id = predefinedTopics.id(of: name, clientID: nodes[index].clientID.span) {
      return .predefined(id)
    }
    // [SN 5.3.11] two octets are their own id.
    return TopicReference(shortName: name)
  }

  /// The id of `name` for a node; nothing, and counted, when it has as many as it may have.
  mutating func assignID(to name: Span<UInt8>, for index: Int) -> UInt16? {
    let id = nodes[index].topics.assign(name, limits: options.limits)
    if id == nil { counters.topicsRefused &+= 1 }
    return id
  }

  /// Tells the node an id for `name`; `false` when there is none left.
  mutating func startRegister(_ name: Span<UInt8>, with index: Int) -> Bool {
    guard let id = assignID(to: name, for: index) else { return false }
    nodes[index].registerID = nodes[index].registerID.next
    let messageID = nodes[index].registerID
    nodes[index].registration = Registration(
      id: id, messageID: messageID, attempts: attempts(of: index))
    send(Register(topicID: id, messageID: messageID, topicName: name), to: index)
    return true
  }
}
