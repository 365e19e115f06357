import MQTTSNCodec

/// What a gateway has counted since it started, over all lines.
public struct GatewayCounters: BitwiseCopyable, Sendable, Equatable {
  /// Datagrams taken in, good and bad.
  public var datagramsReceived: UInt64 = 0
  /// Datagrams handed out.
  public var datagramsSent: UInt64 = 0
  /// PUBLISHes passed on to the hub.
  public var publishesReceived: UInt64 = 0
  /// PUBLISHes sent to nodes, without the repeated ones.
  public var publishesSent: UInt64 = 0
  /// Requests that were sent to nodes again.
  public var retransmissions: UInt64 = 0
  /// Deliveries that were dropped: the queue was full, no topic id was left, the node refused, or
  /// the datagram would have been too large for its line.
  public var deliveriesDropped: UInt64 = 0
  /// Nodes that were lost: silent for too long, or deaf to a request.
  public var nodesLost: UInt64 = 0
  /// Sleeping nodes that did not wake when they had said.
  public var lateWakers: UInt64 = 0
  /// Envelopes of forwarders that are not allowed on their line.
  public var forwardersRefused: UInt64 = 0
  /// CONNECTs that were refused.
  public var connectsRefused: UInt64 = 0
  /// CONNECTs among them that came when there were as many nodes as there may be.
  public var nodesRefused: UInt64 = 0
  /// Names for which a node has no topic id left.
  public var topicsRefused: UInt64 = 0
  /// Messages of QoS −1 that are not allowed, or whose sender is not listed.
  public var publishesRefused: UInt64 = 0
  /// Messages of peers that are no nodes.
  public var strangers: UInt64 = 0
  /// Notices that found their queue full, or were too many in one second.
  public var noticesDropped: UInt64 = 0
  /// Datagrams that were dropped, by reason.
  public var malformed = MalformedCounters()

  /// All zero.
  public init() {}
}

/// Datagrams that were dropped, by what was wrong with them.
public struct MalformedCounters: BitwiseCopyable, Sendable, Equatable {
  /// Shorter than their Length, or without a field.
  public var truncated: UInt64 = 0
  /// Longer than their Length, or than their fields.
  public var trailingOctets: UInt64 = 0
  /// A Length that no message can have.
  public var malformedLength: UInt64 = 0
  /// A MsgType that is not defined, or that a gateway has no use for.
  public var unknownType: UInt64 = 0
  /// A QoS or TopicIdType that the message cannot carry.
  public var reservedFlags: UInt64 = 0
  /// A name that is not well-formed UTF-8.
  public var malformedString: UInt64 = 0

  /// All zero.
  public init() {}

  /// All of them.
  public var total: UInt64 {
    truncated + trailingOctets + malformedLength + unknownType + reservedFlags + malformedString
  }

  mutating func count(_ error: CodecError) {
    switch error {
    case .truncated: truncated &+= 1
    case .trailingOctets: trailingOctets &+= 1
    case .malformedLength, .outOfRoom, .tooLong: malformedLength &+= 1
    case .unknownType: unknownType &+= 1
    case .reservedFlags: reservedFlags &+= 1
    case .malformedString: malformedString &+= 1
    }
  }
}

/// What was counted for one node since it connected.
public struct NodeCounters: BitwiseCopyable, Sendable, Equatable {
  /// PUBLISHes of the node.
  public var publishesReceived: UInt64 = 0
  /// PUBLISHes to the node, without the repeated ones.
  public var publishesSent: UInt64 = 0
  /// Requests that were sent to the node again.
  public var retransmissions: UInt64 = 0
  /// Deliveries to the node that were dropped.
  public var deliveriesDropped: UInt64 = 0

  /// All zero.
  public init() {}
}
