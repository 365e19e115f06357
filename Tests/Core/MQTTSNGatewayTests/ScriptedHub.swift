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
      if answers, publish.qos != .atMostOnce {
        commands.commands.append(.acknowledge(link, publish.packetID))
      }
    case .acknowledged(let id): told.append("acknowledged \(id.rawValue)")
    case .received, .released, .completed: told.append("QoS 2")
    case .subscribe(let request):
      told.append("subscribe \(text(request.filter)) q\(request.qos.rawValue)")
      guard answers else { return }
      commands.append(code: grant ?? .granted(request.qos))
      commands.appendSubscribed(link, request.packetID)
    case .unsubscribe(let request):
      told.append("unsubscribe \(text(request.filter))")
      if answers { commands.commands.append(.unsubscribed(link, request.packetID)) }
    case .paused: told.append("paused")
    case .resumed: told.append("resumed")
    case .closed(let departure): told.append("closed \(departure)")
    }
  }

  private mutating func open(
    _ request: borrowing SessionRequest, _ link: LinkID, _ commands: inout CommandQueue
  ) {
    var words = "open \(text(request.clientID))"
    if request.isCleanStart { words += " clean" }
    if !request.willTopic.isEmpty {
      words += " will \(text(request.willTopic))=\(text(request.willPayload))"
      words += " q\(request.willQoS.rawValue)"
      if request.isWillRetained { words += " retained" }
    }
    told.append(words)
    self.link = link
    if let refusal {
      commands.commands.append(.refused(link, refusal))
    } else if answers {
      commands.commands.append(.opened(link, isSessionPresent: false))
    }
  }

  mutating func receiveAnonymous(
    _ publish: borrowing IncomingPublish, commands: inout CommandQueue
  ) {
    told.append("anonymous \(words(of: publish))")
  }

  private func words(of publish: borrowing IncomingPublish) -> String {
    var words = "\(text(publish.topic))=\(text(publish.payload))"
    words += " q\(publish.qos.rawValue) id\(publish.packetID.rawValue)"
    return publish.isRetained ? words + " retained" : words
  }

  private func text(_ bytes: Span<UInt8>) -> String {
    var octets: [UInt8] = []
    for index in bytes.indices { octets.append(bytes[index]) }
    return String(decoding: octets, as: UTF8.self)
  }
}
