import MQTTTerms
import SessionLink

/// What the broker has to say in the log.
public enum BrokerRemark: Sendable, Equatable {
  /// Whom a remark is about, printable.
  public struct Who: Sendable, Equatable {
    /// The Client Identifier.
    public var clientID: String
    /// The user name, where there is one.
    public var userName: String?
    /// Where the peer is.
    public var address: PeerAddress
  }

  /// Messages for a session are being dropped: its queue is full.
  case dropping(Who)
  /// The link of a session is closed.
  case closed(Who, Ejection)
  /// A peer got no session.
  case refused(Who, Refusal)
  /// A peer may not do that.
  case denied(Who, Access, topic: String)
  /// A peer's message was not taken.
  case rejected(Who, Reception, topic: String)
  /// A peer has more messages on their way than it may have.
  case exceeding(Who)
  /// A peer has subscribed.
  case subscribed(Who, QoS, filter: String)
  /// A peer has unsubscribed.
  case unsubscribed(Who, filter: String)
  /// There were more remarks than could wait.
  case omitted(Int)
  /// There were so many more remarks on peers without a session in that second.
  case more(Int)
}

extension Broker {
  /// The most remarks that wait to be taken.
  private static let remarkLimit = 1000
  /// The most remarks on strangers in one second.
  private static let strangerRemarkLimit = 100

  /// The next remark, oldest first; worth a line in the log.
  public mutating func nextRemark() -> BrokerRemark? {
    guard nextRemarkIndex < remarks.count else {
      remarks.removeAll()
      nextRemarkIndex = 0
      guard omittedRemarks > 0 else { return nil }
      defer { omittedRemarks = 0 }
      return .omitted(omittedRemarks)
    }
    nextRemarkIndex += 1
    return remarks[nextRemarkIndex - 1]
  }

  mutating func remark(_ remark: BrokerRemark) {
    if remarks.count < Self.remarkLimit {
      remarks.append(remark)
    } else {
      omittedRemarks += 1
    }
  }

  /// Remarks on somebody who has no session. Anybody can cause one with a datagram, so there are not
  /// many a second.
  mutating func remarkOnStranger(_ remark: BrokerRemark) {
    if clock >= strangersCountedFrom + 1000 {
      tellOfMoreStrangers()
      strangersCountedFrom = clock
    }
    strangerRemarks += 1
    if strangerRemarks <= Self.strangerRemarkLimit { self.remark(remark) }
  }

  private mutating func tellOfMoreStrangers() {
    if strangerRemarks > Self.strangerRemarkLimit {
      remark(.more(strangerRemarks - Self.strangerRemarkLimit))
    }
    strangerRemarks = 0
  }

  /// Remarks on a session, once a second: it could fill the log otherwise.
  mutating func remark(
    on session: Int, _ make: (BrokerRemark.Who) -> BrokerRemark
  ) {
    guard isHeard(session) else { return }
    sessions[session].quietUntil = clock + 1000
    remark(make(who(sessions[session].identity)))
  }

  /// Whether a remark on a session would be noted now.
  func isHeard(_ session: Int) -> Bool { clock >= sessions[session].quietUntil }

  /// The peer of a session, printable.
  func who(_ session: Int) -> BrokerRemark.Who { who(sessions[session].identity) }

  /// An identity, printable.
  func who(_ identity: IdentityID) -> BrokerRemark.Who { who(identities.peer(identity)) }

  /// A peer, printable.
  func who(_ peer: borrowing Peer) -> BrokerRemark.Who {
    var userName: String?
    if let name = peer.userName { userName = printable(name) }
    return .init(
      clientID: printable(peer.clientID), userName: userName, address: peer.address)
  }
}

/// The text of octets that a peer has sent.
func printable(_ text: Span<UInt8>) -> String {
  text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
}
