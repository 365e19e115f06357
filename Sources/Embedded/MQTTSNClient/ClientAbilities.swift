/// What a client can do beside connecting, registering, and publishing and subscribing at QoS 0
/// and 1. What it cannot do has no code in firmware, and a wish for it is `unsupported`. QoS 2 is
/// there where the client's `window` is not 0.
public protocol ClientAbilities {
  /// Whether it may have a will, and update it.
  static var hasWill: Bool { get }
  /// Whether it may sleep.
  static var sleeps: Bool { get }
  /// Whether it may unsubscribe.
  static var unsubscribes: Bool { get }
}

/// All of MQTT-SN 1.2.
public enum AllAbilities: ClientAbilities {
  /// Yes.
  public static var hasWill: Bool { true }
  /// Yes.
  public static var sleeps: Bool { true }
  /// Yes.
  public static var unsubscribes: Bool { true }
}

/// What a node needs that publishes readings and takes commands, on mains power.
public enum PlainAbilities: ClientAbilities {
  /// No.
  public static var hasWill: Bool { false }
  /// No.
  public static var sleeps: Bool { false }
  /// No.
  public static var unsubscribes: Bool { false }
}
