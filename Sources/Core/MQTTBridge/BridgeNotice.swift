import MQTTCodec
import MQTTLink
import SessionLink

/// Why a bridge has ended a connection, or has lost it.
public enum BridgeFault: Sendable, Equatable {
  /// The remote broker or the network has closed it; with the system's words, where there are any.
  case lost(String?)
  /// The remote broker has sent something that it must not.
  case peer(CloseReason)
  /// The remote broker has left, for that reason.
  case left(ReasonCode)
  /// That packet has not come in time.
  case noAnswer(String)
  /// An answer does not fit what was asked.
  case wrongAnswer(String)
  /// The own broker has closed the session.
  case closedHere
}

/// What a bridge has to say in the log.
public enum BridgeNotice: Sendable, Equatable {
  /// It connects to one of its addresses.
  case connecting(address: Int)
  /// One of its addresses cannot be reached.
  case unreachable(address: Int, reason: String)
  /// The remote broker has accepted it.
  case connected(address: Int)
  /// The remote broker has refused it.
  case refused(address: Int, ReasonCode)
  /// The connection has ended.
  case ended(address: Int, BridgeFault)
  /// It has ended the connection because nothing went over it.
  case idle
  /// It leaves another address for the first one, which answers again.
  case returning
  /// The remote broker does not let it subscribe to that.
  case notSubscribed(filter: String)
  /// The own broker does not let it subscribe to that.
  case notSubscribedHere(filter: String)
  /// A message of the remote broker was not taken: its topic is none that the bridge shares, or
  /// may not be published here.
  case dropped(topic: String)
  /// A message could not be sent: its topic has no name there, or it is larger than may be sent.
  case unsent(topic: String)
  /// The own broker has not let it in.
  case refusedHere(Refusal)
  /// The own broker has closed its session.
  case closedHere(Ejection)
}

/// What a bridge wants of the network.
public enum BridgeRequest: Sendable, Equatable {
  /// To end the connection, or the attempt, after what is still to be sent.
  case hangUp
  /// A connection to that address.
  case dial(address: Int)
  /// To know whether that address can be connected to.
  case probe(address: Int)
}
