import MQTTCodec
import MQTTTerms

/// What a client tells its application.
public enum ClientEvent: ~Escapable, BitwiseCopyable {
  /// The server accepted the connection; whether it had kept the session.
  case connected(isSessionPresent: Bool)
  /// A message; its views are valid as long as the received bytes. At QoS 1 and 2 the
  /// acknowledgement goes out with the next `nextTransmit`; at QoS 2 the message comes once.
  case message(Publish)
  /// The server has this QoS 2 message: the application need not keep it any longer. `published`
  /// follows when the client too knows that it came once.
  case received(PacketIdentifier)
  /// The server has this QoS 1 or 2 message, and its identifier is free.
  case published(PacketIdentifier)
  /// The server's answer to a subscription: the granted QoS, or nil where it was refused.
  case subscribed(PacketIdentifier, granted: QoS?)
  /// The server ended the subscription.
  case unsubscribed(PacketIdentifier)
  /// Answer with `resend`, or with `abandon` where the message is gone.
  case resend(PacketIdentifier)
  /// The connection is over: close the Network Connection.
  case closed(CloseReason)
}

/// Why a client ended its connection. Sorted by whose doing it was.
public enum CloseReason: BitwiseCopyable, Sendable, Equatable {
  /// The server's: it refused the connection.
  case refused(ConnectReturnCode)
  /// The server's: it sent bytes that are not MQTT.
  case malformed(CodecError)
  /// The server's: it sent a packet that has no place here.
  case unexpected(PacketType)
  /// The server's: its SUBACK has more return codes than there were Topic Filters.
  case unexpectedReturnCodes
  /// The server's: no CONNACK or no PINGRESP came in time.
  case notAnswered
  /// Out of room: a packet is larger than the client's limit.
  case packetTooLarge
  /// Out of room: more QoS 2 messages wait for their release than the client has room for.
  case tooManyMessages
}

/// Why a client did not do what it was asked to.
public enum ClientError: Error, Equatable, BitwiseCopyable {
  /// Out of room: the output has less free capacity than the packet needs.
  case outOfRoom
  /// Out of room: the window is full; wait for an acknowledgement.
  case windowFull
  /// Wrong use: there is no connection, or it is not accepted yet.
  case notConnected
  /// Wrong use: there is a connection already.
  case alreadyConnected
  /// Wrong use: a Topic Name or Topic Filter that breaks its rules.
  case malformedTopic
  /// Wrong use: a field or packet that is too long for MQTT.
  case tooLong
  /// Wrong use: options of CONNECT that contradict each other.
  case malformedConnect
  /// Wrong use: no message with this identifier is to be sent again.
  case unknownIdentifier
  /// Wrong use: messages that are to be sent again go first.
  case resendFirst

  init(_ error: CodecError) {
    switch error {
    case .outOfRoom: self = .outOfRoom
    case .tooLong: self = .tooLong
    case .malformedTopicName, .malformedTopicFilter: self = .malformedTopic
    default: self = .malformedConnect
    }
  }
}
