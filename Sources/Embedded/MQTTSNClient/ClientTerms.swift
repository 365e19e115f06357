import MQTTSNCodec
import MQTTTerms

/// What a client is to its gateway [SN 6.14].
public enum ClientState: UInt8, BitwiseCopyable, Sendable {
  /// Unknown to the gateway.
  case disconnected
  /// A CONNECT is under way.
  case connecting
  /// Connected.
  case active
  /// A DISCONNECT is under way.
  case disconnecting
  /// A DISCONNECT with a duration is under way.
  case fallingAsleep
  /// Asleep: the gateway keeps the messages for it.
  case asleep
  /// Awake to take those messages.
  case awake
}

/// What a client can ask of its gateway.
public enum Request: UInt8, BitwiseCopyable, Sendable {
  /// CONNECT, and the will that the gateway asks for
  case connect
  /// REGISTER
  case register
  /// PUBLISH
  case publish
  /// PUBREL, the second half of a PUBLISH of QoS 2
  case release
  /// SUBSCRIBE
  case subscribe
  /// UNSUBSCRIBE
  case unsubscribe
  /// WILLTOPICUPD
  case updateWillTopic
  /// WILLMSGUPD
  case updateWillMessage
  /// DISCONNECT with a duration
  case sleep
  /// PINGREQ with the client identifier
  case wake
  /// DISCONNECT
  case disconnect
}

/// What happened to a client.
public enum ClientEvent: BitwiseCopyable, Sendable, Equatable {
  /// The gateway accepted the CONNECT. Topic ids of before may be gone.
  case connected
  /// The gateway wants to know the topic of the will: `tellWillTopic`.
  case willTopicWanted
  /// The gateway wants to know the message of the will: `tellWillMessage`.
  case willMessageWanted
  /// The gateway gave the registered name this topic id.
  case registered(UInt16)
  /// The gateway acknowledged the PUBLISH; at QoS 2 to the end.
  case published
  /// The gateway accepted the SUBSCRIBE: the topic id, 0 for a filter with a wildcard; the QoS.
  case subscribed(UInt16, QoS)
  /// The gateway confirmed the UNSUBSCRIBE.
  case unsubscribed
  /// The gateway accepted the new topic, or message, of the will.
  case willUpdated
  /// The client is asleep: the gateway confirmed that, or has no more messages for now.
  case asleep
  /// The gateway refused a request and it is forgotten: after `congestion` wait for T_WAIT, after
  /// `invalidTopicID` of a PUBLISH register again.
  case refused(Request, ReturnCode)
  /// The gateway confirmed the DISCONNECT, or does not know this client: connect again.
  case disconnected
  /// The gateway did not answer the last of N_RETRY repetitions.
  case lost

  /// How many milliseconds to wait before such a request is made again, T_WAIT: 5 minutes after
  /// `congestion`, else nil [SN 7.2].
  public var waitInterval: UInt32? {
    if case .refused(_, .congestion) = self { 300_000 } else { nil }
  }
}

/// Why a wish is not taken up. Sorted by whose fault it is.
public enum ClientError: Error, BitwiseCopyable, Equatable {
  /// Out of room: the request is longer than the client's capacity.
  case outOfRoom
  /// Wrong use: another request is under way.
  case busy
  /// Wrong use: the client is not connected, or not asleep where it shall wake.
  case notConnected
  /// Wrong use: the gateway has not asked for that part of a will.
  case notAsked
  /// Wrong use: what is not among the client's abilities, or QoS −1 with a topic id that needs a
  /// connection.
  case unsupported
}
