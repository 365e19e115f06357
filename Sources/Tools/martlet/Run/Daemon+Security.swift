import AccessFiles
import BrokerCore
import BrokerIO
import ConfigurationFile
import DynamicSecurity
import DynamicSecurityIO
import Logins
import Reactor
import SessionLink

// Who may log in and do what: what access files and dynamic security say together.
extension Daemon {
  /// Takes into service what decides who gets in and what for.
  mutating func secure(
    _ files: AccessFileContents, _ security: SecurityStart?
  ) throws(SystemError) {
    access = files
    if let security {
      for line in security.lines { log.write(.information, line) }
      let service = try SecurityService(security.model, file: security.file)
      try reactor.add(
        service.number, token: UInt64(Service.security) << 56, interest: .readable)
      self.security = service
      securityState = SecurityState(security.model)
      broker.broker.takesControl = true
    }
    if files.users != nil || security != nil { try logIn() }
    enforceAccess()
  }

  /// Has users log in with their passwords.
  private mutating func logIn() throws(SystemError) {
    let authenticator = try PasswordAuthenticator(users)
    try reactor.add(
      authenticator.number, token: UInt64(Service.logins) << 56, interest: .readable)
    broker.broker.policy.authenticator = authenticator
    logins = authenticator
  }

  private var users: PasswordList {
    securityState?.model.logins(over: access?.users) ?? access?.users ?? PasswordList()
  }

  /// Puts into force what files and dynamic security say now.
  mutating func enforceAccess() {
    logins?.replace(users)
    let rules = access?.rules
    broker.broker.policy.rules =
      securityState.map { LayeredRules($0.rules, others: rules) } ?? rules
    broker.tls = access?.tls ?? []
  }

  /// Hands the requests of clients on, and what has come of others back.
  mutating func takeControl(at now: LinkTime) {
    guard let security else { return }
    for request in broker.broker.takeControlRequests()
    where request.topic.elementsEqual(SecurityControl.topic.utf8) {
      guard !security.submit(request, connections: connections(for: request)) else { continue }
      let refusal = SecurityControl.refusal("Too many requests")
      answer(request.link, Array(refusal.compact.utf8), at: now)
    }
    for outcome in security.takeOutcomes() { take(outcome, at: now) }
  }

  /// Where users are, if the answer to a request may tell it.
  private func connections(for request: ControlRequest) -> [Name: [String]]? {
    guard SecurityControl.tellsConnections(request.payload) else { return nil }
    return broker.broker.addressesOfUsers().mapValues { addresses in
      addresses.map { SocketAddress($0)?.host ?? "" }
    }
  }

  private mutating func take(_ outcome: SecurityOutcome, at now: LinkTime) {
    if let state = outcome.state {
      securityState = state
      enforceAccess()
    }
    for line in outcome.lines { log.write(.information, line) }
    if let fault = outcome.fault { log.write(.error, "Error: \(fault)") }
    // Who has changed its own rights hears of it before it is closed.
    if let (link, payload) = outcome.answer { answer(link, payload, at: now) }
    if !outcome.affected.isEmpty {
      broker.broker.expel(
        outcome.affected.users, anonymous: outcome.affected.contains(.anonymous), at: now,
        commands: &broker.commands)
    }
    broker.perform(at: now)
  }

  private mutating func answer(_ link: LinkID, _ payload: [UInt8], at now: LinkTime) {
    let topic = Array(SecurityControl.answerTopic.utf8)
    broker.broker.answer(
      link, topic: topic.span, payload: payload.span, commands: &broker.commands)
    broker.perform(at: now)
  }
}

extension Configuration {
  /// The model of dynamic security at the start; nil where that is not used, or where a test must not
  /// make a file.
  func securityStart(isTest: Bool) throws(AccessProblem) -> SecurityStart? {
    guard let security else { return nil }
    do throws(SecurityProblem) {
      if isTest, try security.read() == nil { return nil }
    } catch { throw AccessProblem(description: error.description) }
    return try SecurityStart(security)
  }
}

/// The model of dynamic security at the start.
struct SecurityStart {
  let file: SecurityFile
  let model: SecurityModel
  /// What the log is to say of it.
  let lines: [String]

  /// Reads the file, or makes it.
  init(_ file: SecurityFile) throws(AccessProblem) {
    self.file = file
    do throws(SecurityProblem) { (model, lines) = try file.readOrMake() } catch {
      throw AccessProblem(description: error.description)
    }
  }
}
