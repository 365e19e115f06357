/// A version of MQTT, told by the Protocol Level of CONNECT [MQTT 3.1.2.2].
///
/// Whatever differs between versions takes it as a parameter: the length of a packet, its fields,
/// the flags and codes that are allowed.
@frozen
public enum ProtocolVersion: UInt8, BitwiseCopyable, Sendable {
  /// MQTT 3.1, named "MQIsdp" on the wire.
  case mqtt31 = 3
  /// MQTT 3.1.1.
  case mqtt311 = 4
  /// MQTT 5.0.
  case mqtt50 = 5
}

/// The side of a Network Connection that sends a packet: some packets are not for both.
@frozen
public enum Sender: BitwiseCopyable, Sendable {
  /// The side that sent the CONNECT.
  case client
  /// The side that sent the CONNACK.
  case server
}
