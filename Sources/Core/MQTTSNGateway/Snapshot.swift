import SessionLink
import WireBytes

/// A node's state as others see it [SN 9].
public enum NodeState: BitwiseCopyable, Sendable, Equatable {
  /// Its CONNECT is being answered.
  case connecting
  /// Connected.
  case active
}

/// What there is to see of a node.
public struct NodeSnapshot: BitwiseCopyable, Sendable {
  /// Where it is.
  public var address: NodeAddress
  /// Its state.
  public var state: NodeState
  /// When a message of it came last.
  public var lastHeard: LinkTime
  /// Its Duration in seconds; 0 for no supervision.
  public var duration: UInt16
  /// What was counted since it connected.
  public var counters: NodeCounters
  /// Deliveries that wait, the one in flight included.
  public var pending: Int
  /// Topic ids it has.
  public var topics: Int
  /// The last payload it has published, if it has up to 32 octets.
  public var lastReading: FixedBytes<32>
}

extension Gateway {
  /// The number of nodes, half-connected ones included.
  public var nodeCount: Int { nodes.count }

  /// One past the highest index of a node: the bound for a walk over all of them.
  public var nodeIndexBound: Int { nodes.indexBound }

  /// What there is to see of the node at `index`; nothing where there is none.
  public func node(at index: Int) -> NodeSnapshot? {
    guard nodes.id(at: index) != nil else { return nil }
    let isActive = nodes[index].phase == .active
    var pending = nodes[index].pending.count
    if case .publish = nodes[index].exchange { pending += 1 }
    return NodeSnapshot(
      address: nodes[index].address, state: isActive ? .active : .connecting,
      lastHeard: nodes[index].lastHeard, duration: nodes[index].setup.duration,
      counters: nodes[index].counters, pending: pending, topics: nodes[index].topics.count,
      lastReading: nodes[index].lastReading)
  }

  /// The client identifier of the node at `index`; empty where there is none.
  @_lifetime(borrow self)
  public func clientID(at index: Int) -> Span<UInt8> {
    guard nodes.id(at: index) != nil else { return Span() }
    return nodes[index].clientID.span
  }
}
