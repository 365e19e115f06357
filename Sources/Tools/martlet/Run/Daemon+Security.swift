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
    if let security {
      for line in security.lines { log.write(.information, line) }
      let service = try SecurityService(security.model, file: security.file)
      try reactor.add(
        service.number, token: UInt64(Service.security) << 56, interest: .readable)
      self.security = service
      securityState = SecurityState(security.model)
    }
    broker.tls = files.tls
    noteControl()
    try enforce(files, of: configuration)
  }

  /// Puts in force what the files say of users.
  mutating func enforce(
    _ files: AccessFileContents, of configuration: Configuration
  ) throws(SystemError) {
    try enforceAccess(files, of: configuration)
    accessFiles = files
  }

  /// Puts in force what files and dynamic security say now.
  private mutating func enforceAccess(
    _ files: AccessFileContents?, of configuration: Configuration
  ) throws(SystemError) {
    let securities = configuration.securities
    let sources = Set(securities.map(LoginSource.init))
    for source in sources {
      if let users = users(of: source, files) { try logIn(users, of: source, beside: sources) }
    }
    broker.broker.policies = zip(configuration.policies, securities).map { policy, settings in
      var policy = policy
      let rules = settings.aclFile.flatMap { files?.rules[$0] }
      policy.rules =
        state(of: settings.usesDynamicSecurity).map { LayeredRules($0.rules, others: rules) }
        ?? rules
      policy.authenticator = logins[LoginSource(settings)]
      return policy
    }
  }

  private func state(of usesDynamicSecurity: Bool) -> SecurityState? {
    usesDynamicSecurity ? securityState : nil
  }

  /// Who logs in; nil where nobody can.
  private func users(of source: LoginSource, _ files: AccessFileContents?) -> PasswordList? {
    let users = source.passwordFile.flatMap { files?.users[$0] }
    return state(of: source.usesDynamicSecurity).map { $0.logins(over: users) } ?? users
  }

  /// Has the users of a source log in with their passwords. Who has judged the logins of a source that is
  /// none of the `present` ones any more judges these.
  private mutating func logIn(
    _ users: PasswordList, of source: LoginSource, beside present: Set<LoginSource>
  ) throws(SystemError) {
    if let known = logins[source] { return known.replace(users) }
    if let old = logins.keys.first(where: { !present.contains($0) }),
      let known = logins.removeValue(forKey: old)
    {
      known.replace(users)
      logins[source] = known
      return
    }
    let authenticator = try PasswordAuthenticator(users)
    try reactor.add(
      authenticator.number, token: UInt64(Service.logins) << 56, interest: .readable)
    logins[source] = authenticator
  }

  /// The policies under which dynamic security holds.
  private var securedPolicies: Set<UInt16> {
    let securities = configuration.securities
    return Set(
      securities.indices.filter { securities[$0].usesDynamicSecurity }.map { UInt16(clamping: $0) })
  }

  /// Answers the requests of clients, or hands them on.
  mutating func takeControl(at now: LinkTime) {
    for request in broker.broker.takeControlRequests() {
      if request.topic.elementsEqual(SecurityControl.topic.utf8), let security {
        // Where dynamic security says nothing of who may do that, nobody may.
        guard securedPolicies.contains(request.policy) else { continue }
        if security.submit(request, connections: connections(for: request)) { continue }
        let refusal = SecurityControl.refusal("Too many requests")
        answer(request.link, SecurityControl.answerTopic, Array(refusal.compact.utf8), at: now)
      } else if request.topic.elementsEqual(BrokerControl.topic.utf8) {
        tellOfBroker(request, at: now)
      }
    }
  }

  /// Puts in force what has come of requests, and answers them.
  mutating func takeOutcomes(at now: LinkTime) {
    for outcome in security?.takeOutcomes() ?? [] { take(outcome, at: now) }
  }

  private mutating func tellOfBroker(_ request: ControlRequest, at now: LinkTime) {
    guard configuration.tellsOfItself else { return }
    let ports = configuration.listeners.indices.map {
      broker.port(ofListener: $0) ?? configuration.listeners[$0].port
    }
    var control = BrokerControl(configuration, ports: ports)
    let told = control.answer(request.payload)
    let sender = "\(request.sender.clientID)/\(request.sender.userName ?? "")"
    for command in control.journal { log.write(.information, "Broker: \(sender) | \(command)") }
    answer(request.link, BrokerControl.answerTopic, Array(told.compact.utf8), at: now)
  }

  /// Whether requests of clients go to somebody.
  mutating func noteControl() {
    broker.broker.takesControl = security != nil || configuration.tellsOfItself
  }

  /// Where users are, if the answer to a request may tell it.
  private func connections(for request: ControlRequest) -> [Name: [String]]? {
    guard SecurityControl.tellsConnections(request.payload) else { return nil }
    return broker.broker.addressesOfUsers(under: securedPolicies).mapValues { addresses in
      addresses.map { SocketAddress($0)?.host ?? "" }
    }
  }

  private mutating func take(_ outcome: SecurityOutcome, at now: LinkTime) {
    if let state = outcome.state {
      securityState = state
      // Everybody who judges logins is there already.
      do throws(SystemError) { try enforceAccess(accessFiles, of: configuration) } catch {
        log.write(.error, "Error: \(error).")
      }
    }
    for line in outcome.lines { log.write(.information, line) }
    if let fault = outcome.fault { log.write(.error, "Error: \(fault)") }
    // Who has changed its own rights hears of it before it is closed.
    if let (link, payload) = outcome.answer {
      answer(link, SecurityControl.answerTopic, payload, at: now)
    }
    if !outcome.affected.isEmpty {
      broker.broker.expel(
        outcome.affected.users, anonymous: outcome.affected.contains(.anonymous),
        under: securedPolicies, at: now, commands: &broker.commands)
    }
    broker.perform(at: now)
  }

  private mutating func answer(
    _ link: LinkID, _ topic: String, _ payload: [UInt8], at now: LinkTime
  ) {
    let topic = Array(topic.utf8)
    broker.broker.answer(
      link, topic: topic.span, payload: payload.span, commands: &broker.commands)
    broker.perform(at: now)
  }
}

extension Configuration {
  /// The model of dynamic security at the start; nil where that is not used, or where a test must not
  /// make a file.
  func securityStart(isTest: Bool) throws(AccessProblem) -> SecurityStart? {
    guard let security = dynamicSecurity else { return nil }
    do throws(SecurityProblem) {
      if isTest, try security.read() == nil { return nil }
    } catch { throw AccessProblem(description: error.description) }
    return try SecurityStart(security)
  }
}

/// Where those come from who log in.
struct LoginSource: Hashable {
  /// The file of their passwords; nil for none.
  let passwordFile: String?
  /// Whether they are those of dynamic security, too.
  let usesDynamicSecurity: Bool

  /// That of some settings.
  init(_ settings: SecuritySettings) {
    passwordFile = settings.passwordFile
    usesDynamicSecurity = settings.usesDynamicSecurity
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
