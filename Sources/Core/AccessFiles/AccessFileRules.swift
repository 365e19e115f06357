import BrokerCore

/// The rules of an ACL file, as the broker asks for them.
///
/// As with Mosquitto a subscription is never refused: messages that may not be read do not come.
public final class AccessFileRules: AccessRules {
  private let list: AccessList

  /// The rules of that list.
  public init(_ list: AccessList) { self.list = list }

  /// Whether `peer` may do that.
  public func allows(_ access: Access, _ topic: Span<UInt8>, for peer: borrowing Peer) -> Bool {
    switch access {
    case .connect, .subscribe, .unsubscribe: true
    case .publish, .will:
      list.allows(.write, topic, clientID: peer.clientID, userName: peer.userName)
    case .receive:
      list.allows(.read, topic, clientID: peer.clientID, userName: peer.userName)
    }
  }
}
