import MQTTTerms
import SessionLink
import Slabs

/// A hub that notes what it is told and agrees to everything, unless it is told not to.
struct ScriptedHub: ~Copyable, Hub {
  var messages = MessageStore()
  /// What it was told, in words.
  var told: [String] = []
  /// The link that was opened last.
  var link = LinkID(index: 0, generation: 0)
  /// Whether it answers at once.
  var answers = true
  /// What it says to the next `open`.
  var refusal: Refusal?
  /// What it grants; nothing for what was asked for.
  var grant: GrantCode?

  mutating func handle(
    _ event: consuming LinkEvent, from link: LinkID, at now: LinkTime,
    commands: inout CommandQueue
  ) {
    switch event {
    case .open(let request): open(request, link, &commands)
    case .publish(let publish):
      told.append("publish \(words(of: publish))")
      guard answers else { return }
      switch publish.qos {
      case .atMostOnce: break
      case .atLeastOnce:
        commands.commands.append(.acknowledge(link, publish.packetID, .accepted))
      case .exactlyOnce: commands.commands.append(.confirm(link, publish.packetID, .accepted))
      }
    case .acknowledged(let id): told.append("acknowledged \(id.rawValue)")
    case .received(let id):
      told.append("received \(id.rawValue)")
      if answers { commands.commands.append(.release(link, id, isKnown: true)) }
    case .released(let id):
      told.append("released \(id.rawValue)")
      if answers { commands.commands.append(.complete(link, id, isKnown: true)) }
    case .completed(let id): told.append("completed \(id.rawValue)")
    case .forgotten: told.append("forgotten")
    case .rejected(let id): told.append("rejected \(id.rawValue)")
    case .discarded(let id): told.append("discarded \(id.rawValue)")
    case .authenticate: told.append("authenticate")
    case .subscribe(let request):
      told.append("subscribe \(text(request.filter)) q\(request.terms.qos.rawValue)")
      guard answers else { return }
      commands.append(code: grant ?? .granted(request.terms.qos))
      commands.appendSubscribed(link, request.packetID)
    case .unsubscribe(let request):
      told.append("unsubscribe \(text(request.filter))")
      guard answers else { return }
      commands.append(code: .unsubscribed)
      commands.appendUnsubscribed(link, request.packetID)
    case .paused: told.append("paused")
    case .resumed: told.append("resumed")
    case .asleep: told.append("asleep")
    case .drain:
      told.append("drain")
      if answers { commands.commands.append(.drained(link)) }
    case .updateWill(let update):
      told.append("will \(words(of: update))")
      if answers { commands.commands.append(.willUpdated(link, .accepted)) }
    case .closed(let departure):
      told.append(departure == .lost ? "closed lost" : "closed announced")
    }
  }

  private mutating func open(
    _ request: borrowing SessionRequest, _ link: LinkID, _ commands: inout CommandQueue
  ) {
    var words = "open \(text(request.clientID))"
    if request.isCleanStart { words += " clean" }
    if let name = request.userName { words += " user \(text(name))" }
    if request.isVouched { words += " vouched" }
    if let will = request.will {
      words += " will \(text(will.message.topic))=\(text(will.message.payload))"
      words += " q\(will.message.qos.rawValue)"
      if will.message.isRetained { words += " retained" }
    }
    told.append(words)
    self.link = link
    if let refusal {
      commands.commands.append(.refused(link, refusal))
    } else if answers {
      commands.commands.append(.opened(link, Opening(isSessionPresent: false)))
    }
  }

  mutating func receiveAnonymous(
    _ publish: borrowing IncomingPublish, from sender: borrowing Sender, at now: LinkTime,
    commands: inout CommandQueue
  ) {
    var name = ""
    if let userName = sender.userName { name = " of \(text(userName))" }
    told.append("anonymous \(words(of: publish))\(name)\(sender.isVouched ? " vouched" : "")")
  }

  mutating func publish(
    topic: Span<UInt8>, payload: Span<UInt8>, isRetained: Bool, commands: inout CommandQueue
  ) {
    told.append("own \(text(topic))=\(text(payload))\(isRetained ? " retained" : "")")
  }

  func waitingCount(of clientID: Span<UInt8>) -> Int { 0 }

  private func words(of publish: borrowing IncomingPublish) -> String {
    var words = "\(text(publish.topic))=\(text(publish.payload))"
    words += " q\(publish.qos.rawValue) id\(publish.packetID.rawValue)"
    return publish.isRetained ? words + " retained" : words
  }

  private func words(of update: borrowing WillUpdate) -> String {
    switch copy update {
    case .topic(let topic, let qos, let isRetained):
      "topic \(text(topic)) q\(qos.rawValue)\(isRetained ? " retained" : "")"
    case .message(let payload): "message \(text(payload))"
    case .none: "none"
    }
  }

  private func text(_ bytes: Span<UInt8>) -> String {
    var octets: [UInt8] = []
    for index in bytes.indices { octets.append(bytes[index]) }
    return String(decoding: octets, as: UTF8.self)
  }
}
