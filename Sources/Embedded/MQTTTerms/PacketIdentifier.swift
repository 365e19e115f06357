/// A Packet Identifier of MQTT [MQTT 2.2.1] and, with the same width, a MsgId of MQTT-SN.
@frozen
public struct PacketIdentifier: BitwiseCopyable, Sendable, Hashable {
  /// The number on the wire; 0 stands for none.
  public var rawValue: UInt16

  /// The identifier with that number.
  @inlinable
  public init(_ rawValue: UInt16) { self.rawValue = rawValue }

  /// No identifier, as in a QoS 0 PUBLISH.
  @inlinable public static var none: PacketIdentifier { PacketIdentifier(0) }

  /// Whether there is none.
  @inlinable public var isNone: Bool { rawValue == 0 }

  /// The identifier after this one; 65,535 is followed by 1, never by 0 [MQTT-2.3.1-1],
  /// [MQTT5-2.2.1-3], [MQTT5-2.2.1-4].
  @inlinable public var next: PacketIdentifier {
    PacketIdentifier(rawValue == .max ? 1 : rawValue + 1)
  }
}
