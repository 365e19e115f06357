import SessionLink

/// A broker of plain lists: slow, and easy to believe. It is told each event together with what
/// the real broker said, and throws where that is not what it should have said.
struct Model {
  /// What the broker's limits are set to.
  struct Rules {
    var queueLimit = 200
    /// QoS 2 messages of one client: from here on they are too many, and are more than ever.
    var receiveMaximum = 20
    var incomingLimit = 1024
    var closesAtReceiveMaximum = false
    var subscriptionLimit = 20_000
    var deliversOverlaps = false
    var upgradesQoS = false
  }

  let rules: Rules
  var clock: LinkTime = 0
  /// By client.
  var sessions: [ModelSession?]
  /// By topic.
  var retained: [ModelMessage?]
  /// By filter: who has subscribed to it.
  var listings: [[Listing]]
  var shares: [Share] = []
  /// What each link was told in this step and the model has not looked at yet.
  var told: [LinkID: [Told]] = [:]
  /// What the broker counts.
  var dropped = 0
  var expired = 0
  var ended = 0
  private var lastNumber = 0
  private var lastIdentity = 0

  init(_ rules: Rules, clients: Int) {
    self.rules = rules
    sessions = Array(repeating: nil, count: clients)
    retained = Array(repeating: nil, count: WalkNames.topics.count)
    listings = Array(repeating: [], count: WalkNames.filters.count)
  }

  // MARK: Connections

  mutating func open(_ client: Int, _ request: ModelRequest) throws {
    if let link = sessions[client]?.link {
      try expect(.closed(.takenOver), at: link)
      try close(client, .lost)
    }
    if request.isCleanStart { try end(client) }
    let isPresent = sessions[client] != nil
    let session = sessions[client] ?? ModelSession(client, request)
    sessions[client] = session
    lastIdentity += 1
    session.identity = lastIdentity
    session.request = request
    session.expiry = request.expiry
    session.link = request.link
    session.end = nil
    session.isPaused = request.startsPaused
    session.will = request.will
    session.will?.message.number = newNumber()
    try expect(.opened(isPresent: isPresent), at: request.link)
    if isPresent {
      session.restart()
      try drain(session)
    }
  }

  mutating func close(_ client: Int, _ departure: Departure) throws {
    guard let session = sessions[client], session.link != nil else { return }
    session.link = nil
    session.isPaused = false
    session.expiry = departure.sessionExpiry ?? session.expiry
    if session.expiry != 0 { park(session) }
    session.replays = []
    if !departure.publishesWill {
      session.will = nil
    } else if let will = session.will, will.delay > 0, session.expiry != 0 {
      session.will?.due = clock + LinkTime(will.delay) * 1000
    } else {
      try publishWill(of: session)
    }
    switch session.expiry {
    case 0: try end(client)
    case .max: break
    case let seconds: session.end = clock + LinkTime(seconds) * 1000
    }
  }

  /// Ends a session. A will that still waits for the client goes out.
  private mutating func end(_ client: Int) throws {
    guard let session = sessions[client] else { return }
    while let subscription = session.subscriptions.popLast() { strike(subscription, client) }
    if session.will?.due != nil { try publishWill(of: session) }
    sessions[client] = nil
  }

  private mutating func publishWill(of session: ModelSession) throws {
    guard let will = session.will else { return }
    session.will = nil
    var message = will.message
    message.end = end(of: message)
    if will.isRetained { keep(message, of: session) }
    _ = try distribute(message, from: session.client, isRetained: will.isRetained)
  }

  mutating func pause(_ client: Int) { sessions[client]?.isPaused = true }

  mutating func resume(_ client: Int) throws {
    guard let session = sessions[client] else { return }
    session.isPaused = false
    try drain(session)
  }

  // MARK: Time

  /// Sessions end, wills that waited go out, retained messages are over.
  mutating func advance(to now: LinkTime) throws {
    clock = now
    let due = sessions.compactMap { $0?.due == nil ? nil : $0 }
      .filter { ($0.due ?? .max) <= now }.sorted { ($0.due ?? 0) < ($1.due ?? 0) }
    for session in due {
      if let end = session.end, end <= now {
        try self.end(session.client)
        ended += 1
      } else {
        try publishWill(of: session)
      }
    }
    for (topic, message) in retained.enumerated() {
      guard let message, message.end <= now else { continue }
      expired += 1
      forget(topic)
    }
  }

  func end(of message: ModelMessage) -> LinkTime {
    message.expiry.map { clock + LinkTime($0) * 1000 } ?? .max
  }

  // MARK: Steps

  mutating func newNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }

  /// The link was told that, before everything else that it was told.
  mutating func expect(_ wanted: Told, at link: LinkID?) throws {
    guard let link else { return }
    guard let first = told[link]?.first, first == wanted else {
      let got = told[link]?.first.map { "\($0)" } ?? "nothing"
      throw Disagreement("\(name(link)): \(got) instead of \(wanted)")
    }
    told[link]?.removeFirst()
  }

  func name(_ link: LinkID) -> String {
    let session = sessions.first { $0?.link == link }
    return session.flatMap { $0 }.map { "client \($0.client)" } ?? "link \(link.index)"
  }
}

extension Array {
  /// Takes an element out; the last one takes its place.
  mutating func swapRemove(at index: Int) {
    swapAt(index, count - 1)
    removeLast()
  }
}
