/// The ReturnCode octet [SN 5.3.10]. Codes from 4 up are reserved and refuse like 3.
@frozen
public struct ReturnCode: BitwiseCopyable, Sendable, Hashable {
  /// The octet on the wire.
  public let rawValue: UInt8

  /// The code with that number.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Accepted.
  @inlinable public static var accepted: Self { Self(rawValue: 0) }
  /// Rejected: congestion. The client waits T_WAIT before it tries again.
  @inlinable public static var congestion: Self { Self(rawValue: 1) }
  /// Rejected: invalid topic id. The sender must register again.
  @inlinable public static var invalidTopicID: Self { Self(rawValue: 2) }
  /// Rejected: not supported.
  @inlinable public static var notSupported: Self { Self(rawValue: 3) }

  /// Whether the request was accepted.
  @inlinable public var isAccepted: Bool { rawValue == 0 }
}
