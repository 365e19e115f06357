import MQTTCodec
import MQTTTerms

/// What a client tells its application. Views are valid as long as the received bytes.
///
/// Packets are told as they came: a reason for people, User Properties and the like are among their
/// properties, in 5.0.
public enum ClientEvent: ~Escapable, BitwiseCopyable {
  /// The server accepted the connection; whether it had kept the session, and in 5.0 the
  /// identifier that it assigned and more. In 5.0 without session nothing is sent again: what was
  /// in flight is forgotten.
  case connected(Connack)
  /// A message; where its Topic Name is empty, `Client.topicName` tells it. At QoS 1 and 2 the acknowledgement goes out with the next `nextTransmit`; at QoS 2
  /// the message comes once.
  case message(Publish)
  /// The server has this QoS 2 message: the application need not keep it any longer. `published`
  /// follows when the client too knows that it came once.
  case received(PublishAcknowledgement)
  /// The server has this QoS 1 or 2 message, and its identifier is free.
  case published(PublishAcknowledgement)
  /// The server does not take this QoS 1 or 2 message, and its identifier is free; only in 5.0.
  case rejected(PublishAcknowledgement)
  /// The server's answer to a subscription: see `Suback.grantedQoS`.
  case subscribed(Suback)
  /// The server's answer to the end of a subscription.
  case unsubscribed(Unsuback)
  /// A step of the server's in an authentication exchange: answer with `authenticate` where it is
  /// to be continued; only in 5.0.
  case authentication(Auth)
  /// Answer with `resend`, or with `abandon` where the message is gone.
  case resend(PacketIdentifier)
  /// The connection is over: send what `nextTransmit` gives, then close the Network Connection. The
  /// properties are those of the packet that ended it.
  case closed(CloseReason, Properties)
}

extension Suback {
  /// The QoS that the server granted to the (first) Topic Filter, or nil where it was refused.
  public var grantedQoS: QoS? { returnCodes.isEmpty ? nil : QoS(rawValue: returnCodes[0]) }
}

/// Why a client ended its connection. Sorted by whose doing it was.
public enum CloseReason: BitwiseCopyable, Sendable, Equatable {
  /// The server's: it refused the connection. Before 5.0 the Reason Code says the same as the
  /// `ConnectReturnCode` that came.
  case refused(ReasonCode)
  /// The server's: it said farewell; only in 5.0.
  case disconnected(ReasonCode)
  /// The server's: it sent bytes that are not MQTT.
  case malformed(CodecError)
  /// The server's: it sent a packet that has no place here.
  case unexpected(PacketType)
  /// The server's: its SUBACK or UNSUBACK has more codes than there were Topic Filters.
  case unexpectedReturnCodes
  /// The server's: it speaks of a session that the client asked it to throw away.
  case unexpectedSession
  /// The server's: it names another authentication method than the client did.
  case unexpectedMethod
  /// The server's: it uses a Topic Alias above what the client allows.
  case unexpectedTopicAlias
  /// The server's: no CONNACK or no PINGRESP came in time.
  case notAnswered
  /// Out of room: a packet is larger than the client's limit.
  case packetTooLarge
  /// Out of room: more QoS 2 messages wait for their release than the client has room for.
  case tooManyMessages
  /// Out of room: the names of the server's Topic Aliases take more than the client has.
  case tooManyAliases

  /// What a DISCONNECT tells the server about it; nil where nothing is to be said.
  var farewell: ReasonCode? {
    switch self {
    case .refused, .disconnected, .notAnswered: nil
    case .malformed(let error): error.reasonCode
    case .unexpected, .unexpectedReturnCodes, .unexpectedSession, .unexpectedMethod: .protocolError
    case .unexpectedTopicAlias: .topicAliasInvalid
    case .packetTooLarge: .packetTooLarge
    case .tooManyMessages: .receiveMaximumExceeded
    case .tooManyAliases: .quotaExceeded
    }
  }
}
