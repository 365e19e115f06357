import MQTTTerms
import SessionLink

// The session at the own broker.
extension Bridge {
  /// Enters the own broker for the first time: so that messages wait from now on, and a wrong
  /// password shows before anything is sent anywhere.
  mutating func prepare<H: Hub & ~Copyable>(_ hub: inout H, _ commands: inout CommandQueue) {
    phase = .preparing
    enter(&hub, &commands)
  }

  /// Asks the own broker for the session.
  mutating func enter<H: Hub & ~Copyable>(_ hub: inout H, _ commands: inout CommandQueue) {
    let local = options.local
    // Once the own broker knows it, it need not show its password again.
    let isVouched = isKnown || local.userName == nil
    let userName = local.userName ?? []
    let password = local.password ?? []
    var name: Span<UInt8>?
    if local.userName != nil { name = userName.span }
    var secret: Span<UInt8>?
    if local.password != nil { secret = password.span }
    let isClean = !options.keepsSession
    // What waits already is not for now: no message goes anywhere before there is a connection.
    let request = SessionRequest(
      clientID: local.clientID.span, isCleanStart: isClean, sessionExpiry: isClean ? 0 : .max,
      traits: traits, isVouched: isVouched, isTrusted: local.userName == nil,
      startsPaused: phase == .preparing, userName: name, password: secret)
    hub.handle(.open(request), from: link, at: clock, commands: &commands)
  }

  private var traits: LinkTraits {
    LinkTraits(
      receiveMaximum: takesAtOnce, maximumPacketSize: connection.maximumPacketSize,
      maximumQoS: highestQoS, queuesQoS0: options.start == .lazy,
      takesSubscriptionIdentifiers: true, hearsReasons: options.version == .mqtt50)
  }

  /// The session is there.
  mutating func opened<H: Hub & ~Copyable>(_ hub: inout H, _ commands: inout CommandQueue) {
    isOpen = true
    isKnown = true
    if phase == .connected { return goOn(&hub, &commands) }
    guard phase == .preparing else { return exit(&hub, &commands) }
    if options.keepsSession { subscribeHere(startsWithRetained: false, &hub, &commands) }
    exit(&hub, &commands)
    phase = .resting
    restsUntil = clock
  }

  /// Leaves the session at the own broker, which keeps it or not, as it was asked for.
  mutating func exit<H: Hub & ~Copyable>(_ hub: inout H, _ commands: inout CommandQueue) {
    isOpen = false
    hub.handle(.closed(.announced), from: link, at: clock, commands: &commands)
  }

  /// The own broker does not let it in.
  mutating func refused<H: Hub & ~Copyable>(
    _ refusal: Refusal, _ hub: inout H, _ commands: inout CommandQueue
  ) {
    notice(.refusedHere(refusal))
    // It is to show who it is again.
    isKnown = false
    if isOnline { end(.closedHere, &hub, &commands) } else { rest() }
  }

  /// The own broker has closed the session: somebody else uses the Client Identifier, say.
  mutating func closed<H: Hub & ~Copyable>(
    _ ejection: Ejection, _ hub: inout H, _ commands: inout CommandQueue
  ) {
    guard isOpen else { return }
    isOpen = false
    notice(.closedHere(ejection))
    if isOnline { end(.closedHere, &hub, &commands) }
  }

  /// Gives the bridge up: says good-bye to both brokers, and ends its session at the own one unless
  /// another bridge is to go on with it.
  public mutating func retire<H: Hub & ~Copyable>(
    keepingSession: Bool, hub: inout H, commands: inout CommandQueue, at now: LinkTime
  ) {
    clock = now
    if phase == .preparing { exit(&hub, &commands) }
    leave(&hub, &commands)
    phase = .finished
    guard !keepingSession else { return }
    let request = SessionRequest(
      clientID: options.local.clientID.span, isCleanStart: true, sessionExpiry: 0, traits: traits,
      isVouched: true, isTrusted: true)
    hub.handle(.open(request), from: link, at: now, commands: &commands)
    hub.handle(.closed(.announced), from: link, at: now, commands: &commands)
  }

  // MARK: Subscriptions

  /// Subscribes to what goes out, and no more to what did before. Messages of the bridge itself stay
  /// away, and others keep their RETAIN.
  mutating func subscribeHere<H: Hub & ~Copyable>(
    startsWithRetained: Bool, _ hub: inout H, _ commands: inout CommandQueue
  ) {
    unsubscribeHere(&hub, &commands)
    var last: Int?
    for index in 0..<table.count where table.goesOut(index) { last = index }
    guard let last else { return }
    for index in 0...last where table.goesOut(index) {
      let filter = table.filter(index, .local)
      let terms = SubscriptionTerms(
        qos: table.qos(index), isNoLocal: !isSharedFilter(filter), isRetainAsPublished: true,
        retained: startsWithRetained ? .always : .never)
      let request = SubscriptionRequest(
        filter: filter, terms: terms, packetID: PacketIdentifier(1), isLast: index == last)
      hub.handle(.subscribe(request), from: link, at: clock, commands: &commands)
    }
  }

  private func unsubscribeHere<H: Hub & ~Copyable>(
    _ hub: inout H, _ commands: inout CommandQueue
  ) {
    for index in 0..<formerTable.count where formerTable.goesOut(index) {
      let filter = formerTable.filter(index, .local)
      if table.has(filter, .local) { continue }
      let request = UnsubscriptionRequest(
        filter: filter, packetID: PacketIdentifier(1), isLast: true)
      hub.handle(.unsubscribe(request), from: link, at: clock, commands: &commands)
    }
  }

  /// The own broker's answer to the subscriptions.
  mutating func subscribedHere(_ codes: IndexRange, of queue: borrowing CommandQueue) {
    var next = codes.start
    for index in 0..<table.count where table.goesOut(index) && next < codes.end {
      if queue.codes[Int(next)].isFailure {
        notice(.notSubscribedHere(filter: printable(table.filter(index, .local))))
      }
      next += 1
    }
  }
}
