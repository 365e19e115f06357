import MQTTLink

/// What holds for the connections of one listener.
public struct ListenerTerms: Sendable {
  /// The number of the listener: several sockets may be one listener's.
  public var listener = 0
  /// The most connections that it serves at once.
  public var connectionLimit = Int.max
  /// What its connections let their peers do; nil for what the service lets them.
  public var limits: ConnectionLimits?
  /// What stands between their sockets and MQTT.
  public var rules = TransportRules()
  /// Which of the service's TLS rules holds; nil without TLS.
  public var tls: Int?
  /// What all topics of its clients begin with, unseen by them.
  public var mountPoint: [UInt8] = []

  /// Nothing but what the service lets everybody do; or those limits, or those rules.
  public init(limits: ConnectionLimits? = nil, rules: TransportRules = TransportRules()) {
    self.limits = limits
    self.rules = rules
  }
}
