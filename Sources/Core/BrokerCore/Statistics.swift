/// What the broker has counted since it started.
public struct BrokerStatistics: BitwiseCopyable, Sendable {
  /// PUBLISHes taken in.
  public var publishesReceived: UInt64 = 0
  /// PUBLISHes handed to links.
  public var publishesSent: UInt64 = 0
  /// Messages that found a full queue, or a link that takes no QoS 0, or were refused.
  public var publishesDropped: UInt64 = 0
  /// Messages whose time was over before they could go out.
  public var publishesExpired: UInt64 = 0
  /// Octets of payload taken in.
  public var payloadReceived: UInt64 = 0
  /// Octets of payload handed to links.
  public var payloadSent: UInt64 = 0
  /// Retained messages now.
  public var retainedMessages = 0
  /// Subscriptions now, shared ones included.
  public var subscriptions = 0
  /// Shared subscriptions now.
  public var sharedSubscriptions = 0
  /// Places in the queues of all sessions now.
  public var waitingMessages = 0
  /// Sessions whose time was over.
  public var sessionsExpired: UInt64 = 0
  /// The most connected clients there were at once.
  public var connectedMaximum = 0
  /// Connections, messages and subscriptions that were refused for who asked.
  public var refusals: UInt64 = 0

  private var hits = InlineArray<10, UInt64>(repeating: 0)

  init() {}

  /// How often a limit was met.
  public func hits(_ bound: Bound) -> UInt64 { hits[bound.rawValue] }

  mutating func hit(_ bound: Bound) { hits[bound.rawValue] &+= 1 }
}
