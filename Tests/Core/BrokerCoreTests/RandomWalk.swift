import MQTTTerms
import SessionLink
import Slabs

@testable import BrokerCore

/// A random walk over the broker core, and the model beside it.
///
/// Every choice comes from `choices`, so that octets can make them too.
struct RandomWalk: ~Copyable {
  var broker: Broker
  var model: Model
  var commands = CommandQueue()
  var choices: Choices
  var openings = 0
  var payloads = 0
  static let clients = 8

  init(choices: Choices) {
    self.choices = choices
    let rules = Self.chooseRules(&self.choices)
    var limits = BrokerLimits()
    limits.queuedMessages = rules.queueLimit
    limits.receiveMaximum = UInt16(rules.receiveMaximum)
    limits.incomingExactlyOnce = rules.incomingLimit
    limits.enforcesReceiveMaximum = rules.closesAtReceiveMaximum
    limits.subscriptionsPerSession = rules.subscriptionLimit
    limits.deliversOverlaps = rules.deliversOverlaps
    limits.upgradesQoS = rules.upgradesQoS
    broker = Broker(limits: limits, policy: .init(allowsAnonymous: true), seed: 7)
    model = Model(rules, clients: Self.clients)
  }

  private static func chooseRules(_ choices: inout Choices) -> Model.Rules {
    var rules = Model.Rules()
    if choices.below(2) == 1 { rules.queueLimit = 8 }
    if choices.below(2) == 1 {
      rules.receiveMaximum = 3
      rules.incomingLimit = 5
    }
    rules.closesAtReceiveMaximum = choices.below(2) == 1
    if choices.below(4) == 1 { rules.subscriptionLimit = 5 }
    rules.deliversOverlaps = choices.below(3) == 1
    rules.upgradesQoS = choices.below(4) == 1
    return rules
  }

  /// Goes so many steps, or until there are no more choices, and compares the tables every 64.
  mutating func run(steps: Int) throws {
    for step in 0..<steps where !choices.isExhausted {
      do {
        try self.step()
        if step % 64 == 0 { try compareTables() }
      } catch { throw Disagreement("step \(step): \(error)") }
    }
    try compareTables()
    try leaveEverything()
  }

  private mutating func step() throws {
    let client = choices.below(Self.clients)
    try letTimePass(client, 0)
    switch choices.below(100) {
    case 0..<37: try publish(client)
    case 37..<42: try release(client)
    case 42..<62: try answer(client)
    case 62..<71: try subscribe(client)
    case 71..<75: try unsubscribe(client)
    case 75..<84: try open(client)
    case 84..<88: try close(client)
    case 88..<91: try pause(client)
    case 91..<96: try resume(client)
    case 96: try speakFromTheGrave(client)
    case 97: try publishWithoutSession()
    default: try letTimePass(client, 500 * (1 + choices.below(6)))
    }
    try model.settle()
  }

  // MARK: Time

  /// Moves the clock on, at least to a time of the client's own: what it leaves behind is due at a
  /// time when nothing of others is, so that the order is clear.
  private mutating func letTimePass(_ client: Int, _ milliseconds: Int) throws {
    var now = model.clock + LinkTime(milliseconds) + 1
    while now % LinkTime(Self.clients) != LinkTime(client) { now += 1 }
    // As the caller of the broker does it: at each time that the broker asks for.
    while let deadline = broker.nextDeadline, deadline <= now {
      broker.advance(to: deadline, commands: &commands)
      hear()
      if broker.nextDeadline == deadline { throw Disagreement("\(deadline) does not pass") }
      try model.advance(to: max(deadline, model.clock))
      try model.settle()
    }
    try model.advance(to: now)
  }

  // MARK: Small steps

  private mutating func pause(_ client: Int) throws {
    guard let link = link(of: client) else { return }
    tell(link, .paused)
    model.pause(client)
  }

  private mutating func resume(_ client: Int) throws {
    guard let link = link(of: client) else { return }
    tell(link, .resumed)
    try model.resume(client)
  }

  private mutating func release(_ client: Int) throws {
    guard let link = link(of: client) else { return }
    let id = randomID()
    tell(link, .released(PacketIdentifier(id)))
    try model.release(client, id)
  }

  /// A link that is gone has nothing to say any more.
  private mutating func speakFromTheGrave(_ client: Int) throws {
    guard let link = link(of: client) else { return }
    let dead = LinkID(index: link.index, generation: link.generation &- 2)
    tell(dead, .acknowledged(PacketIdentifier(1)))
    tell(dead, .paused)
    tell(dead, .closed(.lost))
  }

  // MARK: Choosing

  func link(of client: Int) -> LinkID? { model.sessions[client]?.link }

  /// The identifier of a QoS 2 message to the broker.
  mutating func randomID() -> UInt16 { UInt16(1 + choices.below(8)) }

  mutating func randomMessage() -> ModelMessage {
    payloads += 1
    let topic = choices.once(in: 40) ? WalkNames.reserved : choices.below(WalkNames.reserved)
    var message = ModelMessage(
      topic: topic, payload: choices.once(in: 8) ? 0 : payloads, qos: UInt8(choices.below(3)))
    if choices.once(in: 4) { message.expiry = choices.below(4) }
    return message
  }
}
