import MQTTTerms
import SessionLink

/// What a datagram tells the hub. It borrows from the gateway and from the datagram: to be handed
/// on before anything else is done with either.
public enum GatewayStep: ~Escapable {
  /// Nothing.
  case none
  /// An event of a node's link.
  case event(LinkID, LinkEvent)
  /// A message that came without a session: QoS −1 [SN 6.8].
  case anonymous(IncomingPublish, Sender)
}

/// An event of a node's link that borrows nothing.
@frozen
public struct NodeEvent: BitwiseCopyable, Sendable {
  /// What has happened.
  @frozen
  public enum Kind: BitwiseCopyable, Sendable, Equatable {
    /// The node has taken a QoS 1 message.
    case acknowledged(PacketIdentifier)
    /// The node has received a QoS 2 message.
    case received(PacketIdentifier)
    /// The node is done with a QoS 2 message.
    case completed(PacketIdentifier)
    /// The node will never take the message.
    case discarded(PacketIdentifier)
    /// The node sleeps.
    case asleep
    /// The node fetches what waits.
    case drain
    /// The node is active again.
    case resumed
    /// The node is gone.
    case closed(Departure)
  }

  /// The node's link.
  public var link: LinkID
  /// What has happened.
  public var kind: Kind

  /// The event for the hub.
  @inlinable public var event: LinkEvent {
    @_lifetime(immortal) get {
      switch kind {
      case .acknowledged(let id): .acknowledged(id)
      case .received(let id): .received(id)
      case .completed(let id): .completed(id)
      case .discarded(let id): .discarded(id)
      case .asleep: .asleep
      case .drain: .drain
      case .resumed: .resumed
      case .closed(let departure): .closed(departure)
      }
    }
  }
}

/// A span that the compiler does not tie to its storage any more.
///
/// The one use: a step borrows names from the gateway that made it, and the function that makes it
/// goes on to change other parts of the gateway. The signatures of these functions
/// (`@_lifetime(&self)`) tie the step to the gateway again.
@_lifetime(immortal)
func unbound(_ span: Span<UInt8>) -> Span<UInt8> {
  _overrideLifetime(span, copying: Span<UInt8>())
}
