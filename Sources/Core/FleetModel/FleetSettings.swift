/// How the nodes of a fleet behave. Times are in milliseconds unless said otherwise.
public struct FleetSettings: BitwiseCopyable, Sendable, Equatable {
  /// The time between two readings.
  public var interval: UInt64 = 1000
  /// The keep alive in seconds; 0 for none.
  public var keepAlive: UInt16 = 60
  /// T_RETRY: how long a node waits for an answer.
  public var retryInterval: UInt32 = 10_000
  /// N_RETRY: how often a request is repeated before the gateway counts as lost.
  public var retryLimit: UInt8 = 3
  /// The longest pause before a lost node connects again; each pause is random.
  public var longestPause: UInt64 = 5000
  /// T_WAIT: the pause after the gateway has told of congestion.
  public var congestionPause: UInt64 = 30_000

  /// The defaults.
  public init() {}
}
