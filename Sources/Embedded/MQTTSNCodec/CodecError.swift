/// What can be wrong with a message that is read or written. Sorted by whose fault it is.
///
/// MQTT-SN has no answer to malformed input: what the peer got wrong is dropped and counted.
@frozen
public enum CodecError: Error, BitwiseCopyable, Equatable {
  /// The peer's: the datagram is shorter than its Length, or the body lacks a field.
  case truncated
  /// The peer's: the datagram is longer than its Length, or the body holds more than its fields.
  case trailingOctets
  /// The peer's: a Length that no message can have (0, or less than the header).
  case malformedLength
  /// The peer's: a MsgType that MQTT-SN 1.2 does not define.
  case unknownType
  /// The peer's: a QoS or TopicIdType that this message cannot carry.
  case reservedFlags
  /// The peer's: a name that is not well-formed UTF-8, or holds U+0000.
  case malformedString
  /// Out of room: the output has less free capacity than the message needs.
  case outOfRoom
  /// Wrong use: more than 65,535 octets of message, or 252 of wireless node id.
  case tooLong
}
