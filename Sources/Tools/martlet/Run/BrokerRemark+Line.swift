import BrokerCore
import BrokerIO
import ConfigurationFile
import Reactor
import SessionLink

extension BrokerRemark {
  /// Under which type of line it stands in the log.
  var type: LogTypes {
    switch self {
    case .closed(_, .takenOver): .error
    case .subscribed: .subscribe
    case .unsubscribed: .unsubscribe
    case .omitted: .warning
    default: .notice
    }
  }

  /// Who, what and why.
  var words: String {
    switch self {
    case .dropping(let who):
      "Outgoing messages are being dropped for client \(who.clientID)."
    case .closed(let who, .takenOver):
      "Client \(who.clientID) already connected, closing old connection."
    case .closed(let who, let ejection): "Client \(who.words) closed: \(ejection)."
    case .refused(let who, let refusal): "Client \(who.words) refused: \(refusal.words)."
    case .denied(let who, let access, let topic):
      "Client \(who.words) is not allowed to \(access.words) \(topic)."
    case .rejected(let who, let reception, let topic):
      "Client \(who.words): message to \(topic) not taken: \(reception.words)."
    case .subscribed(let who, let qos, let filter): "\(who.clientID) \(qos.rawValue) \(filter)"
    case .unsubscribed(let who, let filter): "\(who.clientID) \(filter)"
    case .omitted(let count): "\(count) more lines like these at one time."
    case .exceeding(let who):
      "Client \(who.words) has more messages on their way than its receive maximum."
    }
  }
}

extension BrokerRemark {
  /// Whom it is about.
  var subject: LogLine.Subject {
    switch self {
    case .dropping(let who), .closed(let who, _), .refused(let who, _), .denied(let who, _, _),
      .rejected(let who, _, _), .exceeding(let who), .subscribed(let who, _, _),
      .unsubscribed(let who, _):
      LogLine.Subject(
        clientID: who.clientID, peer: who.place ?? "", userName: who.userName ?? "")
    case .omitted: LogLine.Subject()
    }
  }
}

extension BrokerRemark.Who {
  fileprivate var place: String? { SocketAddress(address).map { "\($0)" } }

  /// Client identifier, user and address.
  fileprivate var words: String {
    let user = userName.map { " (user \($0))" } ?? ""
    let place = place.map { " [\($0)]" } ?? ""
    return "\(clientID.isEmpty ? "<unknown>" : clientID)\(user)\(place)"
  }
}

extension Refusal {
  /// Why, for people.
  fileprivate var words: String {
    switch self {
    case .clientIdentifierNotValid: "client identifier not valid"
    case .notAuthorized: "not authorised"
    case .badUserNameOrPassword: "bad user name or password"
    case .unknownUser: "no such user"
    case .wrongPassword: "bad password"
    case .badAuthenticationMethod: "unknown authentication method"
    case .payloadFormatInvalid: "will is said to be text and is none"
    case .quotaExceeded: "too many sessions, or a will larger than message_size_limit"
    case .busy: "too busy"
    }
  }
}

extension Access {
  /// What a peer wanted, for people.
  fileprivate var words: String {
    switch self {
    case .connect: "connect"
    case .publish: "publish to"
    case .receive: "receive"
    case .subscribe: "subscribe to"
    case .will: "leave a will on"
    }
  }
}

extension Reception {
  /// Why a message was not taken, for people.
  fileprivate var words: String {
    switch self {
    case .accepted, .withoutSubscribers: "taken"
    case .notAuthorized: "not authorised"
    case .tooLarge: "larger than message_size_limit"
    case .quotaExceeded: "memory_limit reached"
    case .payloadFormatInvalid: "said to be text and is none"
    }
  }
}
