import MQTTTerms

/// One `topic` of a bridge: what is shared, and under which names.
public struct BridgeTopic: Sendable, Equatable {
  /// Which way messages go.
  public enum Direction: String, Sendable {
    /// To the remote broker.
    case out
    /// From the remote broker.
    case `in`
    /// Both ways.
    case both
  }

  /// The Topic Filter without prefixes; empty where the prefixes are all.
  public var pattern: String
  /// Which way messages go.
  public var direction: Direction
  /// The highest QoS, 0 to 2.
  public var qos: UInt8
  /// What stands before the pattern on the own broker.
  public var localPrefix: String
  /// What stands before the pattern on the remote broker.
  public var remotePrefix: String

  /// A topic of those parts.
  public init(
    pattern: String, direction: Direction = .out, qos: UInt8 = 0, localPrefix: String = "",
    remotePrefix: String = ""
  ) {
    self.pattern = pattern
    self.direction = direction
    self.qos = qos
    self.localPrefix = localPrefix
    self.remotePrefix = remotePrefix
  }
}

extension BridgeTopic {
  typealias Fault = ConfigurationError.Fault

  static let form = "PATTERN [out|in|both] [QOS] [LOCAL-PREFIX] [REMOTE-PREFIX]"

  /// Reads what follows `topic`.
  init(_ text: Substring) throws(Fault) {
    let (pattern, afterPattern) = text.firstWord
    let (direction, afterDirection) = afterPattern.firstWord
    let (qos, afterQoS) = afterDirection.firstWord
    let (local, afterLocal) = afterQoS.firstWord
    let (remote, rest) = afterLocal.firstWord
    guard rest.isEmpty else { throw .invalid(expected: Self.form) }
    self.init(pattern: String(pattern))
    if !direction.isEmpty { self.direction = try Self.direction(direction) }
    if !qos.isEmpty { self.qos = try Self.qos(qos) }
    localPrefix = try Self.prefix(local, "local")
    remotePrefix = try Self.prefix(remote, "remote")
    try check()
  }

  private static func direction(_ word: Substring) throws(Fault) -> Direction {
    guard let direction = Direction(rawValue: String(word)) else {
      throw .worded("Invalid bridge topic direction '\(word)'.")
    }
    return direction
  }

  private static func qos(_ word: Substring) throws(Fault) -> UInt8 {
    guard let qos = UInt8(word), qos <= 2 else {
      throw .worded("Invalid bridge QoS level '\(word)'.")
    }
    return qos
  }

  private static func prefix(_ word: Substring, _ side: String) throws(Fault) -> String {
    let octets = Array(word.utf8)
    guard octets.isEmpty || isTopicName(octets.span) else {
      throw .worded("Invalid bridge topic \(side) prefix '\(word)'.")
    }
    return String(word)
  }

  private func check() throws(Fault) {
    guard !pattern.isEmpty || (!localPrefix.isEmpty && !remotePrefix.isEmpty) else {
      throw .worded("Invalid bridge remapping.")
    }
    try Self.check(localPrefix + pattern, "local")
    try Self.check(remotePrefix + pattern, "remote")
  }

  private static func check(_ filter: String, _ side: String) throws(Fault) {
    let octets = Array(filter.utf8)
    guard isTopicFilter(octets.span) else {
      throw .worded(
        "Invalid bridge topic \(side) prefix and pattern combination '\(filter)'.")
    }
  }
}
