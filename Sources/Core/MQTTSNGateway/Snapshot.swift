import SessionLink
import WireBytes

/// A node's state as others see it [SN 9].
public enum NodeState: BitwiseCopyable, Sendable, Equatable {
  /// Its CONNECT is being answered.
  case connecting
  /// Connected.
  case active
  /// It sleeps.
  case asleep
  /// It sleeps, and has not woken when it had said.
  case late
  /// It fetches what waits.
  case awake
}

/// What there is to see of a node.
public struct NodeSnapshot: BitwiseCopyable, Sendable {
  /// Where it is.
  public var address: NodeAddress
  /// Its state.
  public var state: NodeState
  /// When a message of it came last.
  public var lastHeard: LinkTime
  /// Its Duration in seconds, that of its sleep while it sleeps; 0 for no supervision.
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
    let state = state(of: index)
    let isUp = state == .active || state == .connecting
    return NodeSnapshot(
      address: nodes[index].address, state: state, lastHeard: nodes[index].lastHeard,
      duration: isUp ? nodes[index].setup.duration : nodes[index].sleep.duration,
      counters: nodes[index].counters,
      pending: nodes[index].pending.count + nodes[index].flights.count,
      topics: nodes[index].topics.count,
      lastReading: nodes[index].lastReading)
  }

  private func state(of index: Int) -> NodeState {
    switch nodes[index].phase {
    case .willTopicAsked, .willMessageAsked, .opening: .connecting
    case .active: .active
    case .asleep: nodes[index].sleep.isLate ? .late : .asleep
    case .awake: .awake
    }
  }

  /// The client identifier of the node at `index`; empty where there is none.
  @_lifetime(borrow self)
  public func clientID(at index: Int) -> Span<UInt8> {
    guard nodes.id(at: index) != nil else { return Span() }
    return nodes[index].clientID.span
  }
}
