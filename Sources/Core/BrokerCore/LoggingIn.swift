import MQTTTerms
import SessionLink
import Slabs

/// A request for a session whose peer has not shown yet who it is: a copy of all its parts.
struct OpenLogin: ~Copyable {
  private let link: LinkID
  private let isCleanStart: Bool
  private let sessionExpiry: UInt32
  private let traits: LinkTraits
  private let address: PeerAddress
  private let startsPaused: Bool
  /// Which of the policies holds.
  let policy: UInt16
  private var octets = Slab<UInt8>()
  private var clientID = IndexRange(start: 0, end: 0)
  private var userName: IndexRange?
  private var will: StoredWill?

  private struct StoredWill: BitwiseCopyable {
    var topic: IndexRange
    var payload: IndexRange
    var properties: IndexRange
    var qos: QoS
    var isRetained: Bool
    var expiry: UInt32
    var delay: UInt32
  }

  /// A copy of a request; `userName` stands for the one that it does not have.
  init(_ request: borrowing SessionRequest, of link: LinkID, as userName: [UInt8]?) {
    self.link = link
    isCleanStart = request.isCleanStart
    sessionExpiry = request.sessionExpiry
    traits = request.traits
    address = request.address
    startsPaused = request.startsPaused
    policy = request.policy
    clientID = copy(request.clientID)
    if let name = request.userName {
      self.userName = copy(name)
    } else if let userName {
      self.userName = copy(userName.span)
    }
    if let will = request.will {
      let message = will.message
      self.will = StoredWill(
        topic: copy(message.topic), payload: copy(message.payload),
        properties: copy(message.properties), qos: message.qos, isRetained: message.isRetained,
        expiry: message.expiry, delay: will.delay)
    }
  }

  /// Whether it is that link's.
  func isOf(_ link: LinkID) -> Bool { self.link == link }

  private mutating func copy(_ bytes: Span<UInt8>) -> IndexRange {
    let start = octets.count
    octets.append(contentsOf: bytes)
    return IndexRange(start: start, end: octets.count)
  }

  @_lifetime(borrow self)
  private func span(_ range: IndexRange) -> Span<UInt8> {
    octets.span.extracting(Int(range.start)..<Int(range.end))
  }

  /// The request, without password and exchange.
  @_lifetime(borrow self)
  borrowing func request() -> SessionRequest {
    let request = SessionRequest(
      clientID: span(clientID), isCleanStart: isCleanStart, sessionExpiry: sessionExpiry,
      traits: traits, address: address, startsPaused: startsPaused, policy: policy,
      will: willRequest(), userName: userNameSpan())
    return _overrideLifetime(request, borrowing: self)
  }

  @_lifetime(borrow self)
  private borrowing func userNameSpan() -> Span<UInt8>? {
    guard let userName else { return nil }
    return _overrideLifetime(span(userName), borrowing: self)
  }

  @_lifetime(borrow self)
  private borrowing func willRequest() -> WillRequest? {
    guard let will else { return nil }
    let message = IncomingPublish(
      topic: span(will.topic), payload: span(will.payload), qos: will.qos,
      isRetained: will.isRetained, packetID: .none, properties: span(will.properties),
      expiry: will.expiry)
    return _overrideLifetime(WillRequest(message, delay: will.delay), borrowing: self)
  }
}

extension Broker {
  /// Where the open login of a link stands.
  func login(of link: LinkID) -> Int? {
    let index = Int(link.index)
    guard index < loginOfLink.count, logins.contains(loginOfLink[index]) else { return nil }
    let login = Int(loginOfLink[index].index)
    return logins[login].isOf(link) ? login : nil
  }

  /// Lets the peer show who it is, where it must [MQTT5-3.1.4-2].
  mutating func logIn(
    _ request: borrowing SessionRequest, as link: LinkID, _ commands: inout CommandQueue
  ) {
    let nothing = IndexRange(start: 0, end: 0)
    if request.isVouched { return admit(request, as: link, data: nothing, &commands) }
    let policy = policy(request.policy)
    let isAnonymous = request.userName == nil && request.authentication == nil
    if isAnonymous, policy.allowsAnonymous {
      return admit(request, as: link, data: nothing, &commands)
    }
    guard let authenticator = policy.authenticator, !isAnonymous else {
      // [MQTT5-4.12.0-1]
      if request.authentication != nil {
        return refuse(request, link, .badAuthenticationMethod, &commands)
      }
      guard policy.allowsAnonymous else {
        return refuse(request, link, isAnonymous ? .anonymous : .notAuthorized, &commands)
      }
      return admit(request, as: link, data: nothing, &commands)
    }
    var reply = Slab<UInt8>()
    let login = Login(
      peer: peer(request), password: request.password, step: request.authentication)
    let verdict = authenticator.begin(login, of: link, reply: &reply)
    switch verdict {
    case .unfinished, .pending:
      remember(request, of: link, as: authenticator.userName(of: link))
      if verdict == .unfinished { challenge(link, isDone: false, reply, &commands) }
    default: conclude(request, link, verdict, reply, &commands)
    }
  }

  private mutating func remember(
    _ request: borrowing SessionRequest, of link: LinkID, as userName: [UInt8]?
  ) {
    let id = logins.insert(OpenLogin(request, of: link, as: userName))
    let none = SlotID(index: 0, generation: 0)
    while loginOfLink.count <= Int(link.index) { loginOfLink.append(none) }
    loginOfLink[Int(link.index)] = id
  }

  private mutating func conclude(
    _ request: borrowing SessionRequest, _ link: LinkID, _ verdict: LoginVerdict,
    _ reply: borrowing Slab<UInt8>, _ commands: inout CommandQueue
  ) {
    if case .refused(let refusal) = verdict {
      // [MQTT5-4.12.0-4]
      refuse(request, link, refusal, &commands)
    } else if let refusal = self.refusal(of: request) {
      // Others may have come meanwhile.
      refuse(request, link, refusal, &commands)
    } else {
      admit(request, as: link, data: commands.append(octets: reply.span), &commands)
    }
  }

  /// Tells the peer to go on [MQTT5-4.12.0-2], or that it need not.
  private func challenge(
    _ link: LinkID, isDone: Bool, _ reply: borrowing Slab<UInt8>, _ commands: inout CommandQueue
  ) {
    let data = commands.append(octets: reply.span)
    commands.commands.append(.challenge(link, isDone: isDone, data: data))
  }

  /// A further step of a peer: of a login, or of one that has a session already
  /// [MQTT5 4.12.1].
  mutating func authenticate(
    _ step: borrowing AuthenticationStep, from link: LinkID, _ commands: inout CommandQueue
  ) {
    guard let authenticator = authenticator(of: link) else { return }
    var reply = Slab<UInt8>()
    if login(of: link) != nil {
      let verdict = authenticator.proceed(step.data, of: link, reply: &reply)
      return conclude(link, verdict, reply, &commands)
    }
    guard let session = session(of: link) else { return }
    let verdict: LoginVerdict
    if step.isReauthentication {
      let again = AuthenticationStep(
        method: step.method, data: step.data, isReauthentication: true)
      let peer = identities.peer(sessions[session].identity)
      verdict = authenticator.begin(
        Login(peer: peer, password: nil, step: again), of: link, reply: &reply)
    } else {
      verdict = authenticator.proceed(step.data, of: link, reply: &reply)
    }
    conclude(link, verdict, reply, &commands)
  }

  /// Who judges the logins of a link.
  private func authenticator(of link: LinkID) -> (any Authenticator)? {
    if let login = login(of: link) { return policy(logins[login].policy).authenticator }
    guard let session = session(of: link) else { return nil }
    return policy(identities.policy(sessions[session].identity)).authenticator
  }

  /// What an authenticator says that had left its answer for later.
  public mutating func conclude(
    _ link: LinkID, _ verdict: LoginVerdict, reply: Span<UInt8>, at now: LinkTime,
    commands: inout CommandQueue
  ) {
    clock = now
    var copy = Slab<UInt8>(capacity: reply.count)
    copy.append(contentsOf: reply)
    conclude(link, verdict, copy, &commands)
  }

  private mutating func conclude(
    _ link: LinkID, _ verdict: LoginVerdict, _ reply: borrowing Slab<UInt8>,
    _ commands: inout CommandQueue
  ) {
    switch verdict {
    case .pending: break
    case .unfinished: challenge(link, isDone: false, reply, &commands)
    case .accepted, .refused:
      if let index = login(of: link), let id = logins.id(at: index),
        let login = logins.remove(id)
      {
        conclude(login.request(), link, verdict, reply, &commands)
      } else if let session = session(of: link) {
        // [MQTT5-4.12.1-2] who cannot show it anew is closed.
        if case .refused(let refusal) = verdict {
          remark(.refused(who(sessions[session].identity), refusal))
          return eject(link, .notAuthorized, &commands)
        }
        challenge(link, isDone: true, reply, &commands)
      }
    }
  }

  /// The link is gone, and what it had begun with it.
  mutating func abandonLogin(of link: LinkID) {
    for policy in policies { policy.authenticator?.forget(link) }
    guard let index = login(of: link), let id = logins.id(at: index) else { return }
    _ = logins.remove(id)
  }
}
