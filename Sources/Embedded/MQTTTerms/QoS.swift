/// Quality of Service [MQTT 4.3].
@frozen
public enum QoS: UInt8, BitwiseCopyable, Sendable, Comparable {
  /// Delivered at most once, not acknowledged.
  case atMostOnce = 0
  /// Delivered at least once, acknowledged.
  case atLeastOnce = 1
  /// Delivered exactly once.
  case exactlyOnce = 2

  /// Orders by strength.
  @inlinable
  public static func < (left: QoS, right: QoS) -> Bool { left.rawValue < right.rawValue }
}
