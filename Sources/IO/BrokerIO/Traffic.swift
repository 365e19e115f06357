import MQTTLink

extension BrokerService {
  /// Octets on all connections since the start, and what connections were closed for.
  public struct Traffic: BitwiseCopyable, Sendable {
    /// Octets read.
    public var received: UInt64 = 0
    /// Octets written.
    public var sent: UInt64 = 0
    /// Control Packets read.
    public var packetsReceived: UInt64 = 0
    /// Connections accepted.
    public var accepted: UInt64 = 0
    /// Connections turned away because their listener had too many.
    public var turnedAway: UInt64 = 0
    /// Connections turned away because all listeners together had too many.
    public var turnedAwayByAll: UInt64 = 0
    /// Deliveries that were larger than their peers take.
    public var oversized: UInt64 = 0

    /// Connections closed for what they had sent.
    public var faults: UInt64 = 0
    /// … of those for a packet above the limit, …
    public var tooLarge: UInt64 = 0
    /// … for more properties than a packet may have, …
    public var tooManyProperties: UInt64 = 0
    /// … for no CONNECT in time, …
    public var neverConnected: UInt64 = 0
    /// … for a version that is not spoken, …
    public var unsupportedVersion: UInt64 = 0
    /// … for a keep alive above the limit, …
    public var keepAliveTooLong: UInt64 = 0
    /// … for a QoS above the limit, …
    public var qosNotSupported: UInt64 = 0
    /// … for a message to be retained where none is, …
    public var retainNotSupported: UInt64 = 0
    /// … and for a Topic Alias above the limit.
    public var topicAliasInvalid: UInt64 = 0

    mutating func count(_ reason: CloseReason) {
      if reason != .disconnected { faults += 1 }
      switch reason {
      case .packetTooLarge: tooLarge += 1
      case .tooManyProperties: tooManyProperties += 1
      case .connectTimeout: neverConnected += 1
      case .unsupportedVersion: unsupportedVersion += 1
      case .keepAliveTooLong: keepAliveTooLong += 1
      case .qosNotSupported: qosNotSupported += 1
      case .retainNotSupported: retainNotSupported += 1
      case .topicAliasInvalid: topicAliasInvalid += 1
      default: break
      }
    }
  }
}
