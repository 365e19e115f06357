import AccessFiles
import BrokerCore
import DynamicSecurity
import JSONReading
import JSONTree
import Logins
import Reactor
import SessionLink
import Synchronization
import Workers

/// What a model means for the broker.
public struct SecurityState: Sendable {
  /// What clients may do.
  public let rules: SecurityRules
  private let model: SecurityModel
  private let logins: PasswordList

  /// What `model` means: takes long where there are many clients.
  public init(_ model: SecurityModel) {
    rules = SecurityRules(model)
    logins = model.logins(over: nil)
    self.model = model
  }

  /// Who may log in: the clients of the model, and of a password file those who are not known there. It is
  /// there already where there is no such file.
  public func logins(over file: PasswordList?) -> PasswordList {
    file.map { model.logins(over: $0) } ?? logins
  }
}

/// What came of a request, or of reading the file again.
public struct SecurityOutcome: Sendable {
  /// What is in force from now on; nil where nothing has changed.
  public var state: SecurityState?
  /// Whose connections end.
  public var affected: Set<Affected> = []
  /// Who is to be answered, and what.
  public var answer: (link: LinkID, payload: [UInt8])?
  /// Lines for the log.
  public var lines: [String] = []
  /// What went wrong, a sentence for the log.
  public var fault: String?
}

/// Keeps the model on a thread of its own, where reading JSON, hashing passwords and writing the file
/// keep nobody waiting. A change is in force when it is in the file, or not at all.
public final class SecurityService: Sendable {
  private static let queueLimit = 64

  private enum Job: Sendable {
    case control(ControlRequest, connections: [Name: [String]]?)
    case reload
  }

  private let worker: Worker<Job, SecurityOutcome>

  /// A service for the model of `file`.
  public init(_ model: SecurityModel, file: SecurityFile) throws(SystemError) {
    let keeper = Mutex(Keeper(model: model, file: file))
    worker = try Worker { job in
      keeper.withLock { keeper in
        switch job {
        case .control(let request, let connections): keeper.perform(request, connections)
        case .reload: keeper.reload()
        }
      }
    }
  }

  /// The descriptor that is readable when there are outcomes.
  public var number: Int32 { worker.number }

  /// Takes a request in; false when too many wait already. `connections` says where users are, if the
  /// answer may tell it.
  public func submit(_ request: ControlRequest, connections: [Name: [String]]?) -> Bool {
    worker.submit(.control(request, connections: connections)) { $0.count < Self.queueLimit }
  }

  /// Reads the file again.
  public func reload() { _ = worker.submit(.reload) { _ in true } }

  /// The outcomes since the last call.
  public func takeOutcomes() -> [SecurityOutcome] { worker.takeOutcomes() }
}

/// The model and where it is kept.
private struct Keeper: Sendable {
  var model: SecurityModel
  let file: SecurityFile

  mutating func perform(
    _ request: ControlRequest, _ connections: [Name: [String]]?
  ) -> SecurityOutcome {
    var outcome = SecurityOutcome()
    let answer: JSONValue
    do throws(JSONFault) {
      let message = try JSONValue(text: request.payload, within: SecurityControl.bounds)
      answer = perform(message, of: request.sender, connections, &outcome)
    } catch {
      answer = SecurityControl.refusal("Payload not valid JSON")
    }
    outcome.answer = (request.link, Array(answer.compact.utf8))
    return outcome
  }

  private mutating func perform(
    _ message: JSONValue, of sender: BrokerRemark.Who, _ connections: [Name: [String]]?,
    _ outcome: inout SecurityOutcome
  ) -> JSONValue {
    var control = SecurityControl(model, connections: connections) {
      PasswordHash(of: Array($0.utf8), .usual)
    }
    let answer = control.perform(message, for: "\(sender.clientID)/\(sender.userName ?? "")")
    if control.isChanged {
      do throws(SystemError) { try file.write(control.model) } catch {
        outcome.fault = "Unable to \(error). Nothing is changed."
        return SecurityControl.refusal("Internal error")
      }
      model = control.model
      outcome.state = SecurityState(model)
      outcome.affected = control.affected
    }
    outcome.lines = control.journal
    return answer
  }

  mutating func reload() -> SecurityOutcome {
    var outcome = SecurityOutcome()
    do throws(SecurityProblem) {
      guard let new = try file.read() else {
        outcome.fault = "The dynamic security file \(file.path) is gone. What was in force stays."
        return outcome
      }
      outcome.affected = model.affected(byChangeTo: new)
      model = new
      outcome.state = SecurityState(new)
    } catch {
      outcome.fault = "\(error) What was in force stays."
    }
    return outcome
  }
}
