/// A node in a storm: it subscribes to everything, acknowledges what it gets, sleeps, wakes and moves.
struct StormNode {
  enum State { case starting, active, asleep }

  /// A request that is repeated until its answer comes.
  struct Request {
    var message: NodeMessage
    /// The name of the answer.
    var answer: String
    var next: State
    var sentAt: UInt64
    var tries = 1
  }

  let name: String
  /// Where it is; it moves on while it sleeps.
  var place: NodePlace
  var state = State.active
  var request: Request?
  /// Whether the gateway does not know it any more, or does not answer: it has to connect again.
  var isTurnedAway = false
  /// The names that it was told, by their ids.
  var topics: [String: String] = [:]
  /// QoS 2 messages that are not released.
  var unreleased: Set<String> = []
  /// The payloads at QoS 1 and 2 in their order, each by its first coming.
  var received: [String] = []
  private var seen: Set<String> = []
  /// What it found wrong.
  var complaints: [String] = []

  init(name: String, place: NodePlace) {
    self.name = name
    self.place = place
  }

  /// It starts anew and has forgotten its topics, not its session.
  mutating func reset() {
    topics = [:]
    state = .starting
    isTurnedAway = false
  }

  /// Takes in a message of the gateway and tells what to answer.
  mutating func receive(_ message: NodeMessage) -> NodeMessage? {
    if message.name == request?.answer, let request {
      state = request.next
      self.request = nil
      return nil
    }
    // Before its CONNACK it understands nothing else.
    if state == .starting { return nil }
    switch message.name {
    case "REGISTER", "PUBLISH", "PUBREL":
      // A PUBREC may have crossed the gateway's DISCONNECT.
      if state == .asleep, request == nil, message.name != "PUBREL" {
        complaints.append("\(message) while it sleeps")
      }
      return answer(message)
    case "DISCONNECT":
      isTurnedAway = true
      return nil
    case "PINGRESP", "CONNACK", "SUBACK": return nil
    default:
      complaints.append("\(message) for nothing")
      return nil
    }
  }

  private mutating func answer(_ message: NodeMessage) -> NodeMessage? {
    var answer = NodeMessage(name: "REGACK")
    answer["id"] = message["id"]
    switch message.name {
    case "REGISTER":
      topics[message["tid"] ?? "0"] = message["topic"]
      answer["tid"] = message["tid"]
    case "PUBREL":
      unreleased.remove(message["id"] ?? "0")
      answer.name = "PUBCOMP"
    default:
      let topic = message["topic"] ?? "0"
      guard topic.contains(":") || topics[topic] != nil else { return refusal(of: message) }
      take(message)
      guard let qos = message["q"] else { return nil }
      answer.name = qos == "1" ? "PUBACK" : "PUBREC"
    }
    return answer
  }

  /// It does not know the id: it asks for the name.
  private func refusal(of message: NodeMessage) -> NodeMessage {
    var refusal = NodeMessage(name: "PUBACK")
    refusal["id"] = message["id"]
    refusal["tid"] = message["topic"]
    refusal["code"] = "2"
    return refusal
  }

  private mutating func take(_ message: NodeMessage) {
    let topic = message["topic"] ?? "0"
    let payload = message["payload"] ?? ""
    // A payload starts with its topic, so that it is seen when the two do not belong together.
    let name = topics[topic] ?? String(topic.split(separator: ":").last ?? "")
    if !payload.hasPrefix(name + "-") { complaints.append("\(message) on \(name)") }
    if message["q"] == "2" {
      if !unreleased.insert(message["id"] ?? "0").inserted { return }
      if seen.contains(payload) { complaints.append("\(message) twice") }
    }
    if message["q"] != nil, seen.insert(payload).inserted { received.append(payload) }
  }
}
