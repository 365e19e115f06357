import MQTTTerms

/// What an ACL file grants: Mosquitto's `acl_file`.
///
/// Once there is one, everything that it does not grant is refused. What it denies goes before what
/// it grants, whoever it is said of.
public struct AccessList: Sendable, Equatable {
  /// What a line grants, or denies.
  public struct Rights: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// The rights with those bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// To get messages.
    public static let read = Rights(rawValue: 1)
    /// To publish.
    public static let write = Rights(rawValue: 2)
    /// Neither, whatever else is granted.
    public static let deny = Rights(rawValue: 4)
  }

  /// One line: rights to the topics of a filter.
  struct Rule: Sendable, Equatable {
    var rights: Rights
    var filter: [UInt8]
  }

  /// What everybody may do; `%c` and `%u` stand for client identifier and user name.
  var patterns: [Rule] = []
  /// What clients without a user name may do.
  var anonymous: [Rule] = []
  /// What each user may do.
  var users: [[UInt8]: [Rule]] = [:]

  /// A list that grants nothing.
  public init() {}

  /// Whether a client may read or write a topic.
  public func allows(
    _ right: Rights, _ topic: Span<UInt8>, clientID: Span<UInt8>, userName: Span<UInt8>?
  ) -> Bool {
    var own = anonymous
    if let userName { own = rules(of: userName) }
    var isGranted = false
    for rule in own where topicMatches(filter: rule.filter.span, name: topic) {
      if rule.rights.contains(.deny) { return false }
      isGranted = isGranted || rule.rights.contains(right)
    }
    for rule in patterns where matches(rule.filter, topic, clientID, userName) {
      if rule.rights.contains(.deny) { return false }
      isGranted = isGranted || rule.rights.contains(right)
    }
    return isGranted
  }

  private func rules(of userName: Span<UInt8>) -> [Rule] {
    users[userName.indices.map { userName[$0] }] ?? []
  }

  /// Whether a pattern matches a topic for a client.
  private func matches(
    _ pattern: [UInt8], _ topic: Span<UInt8>, _ clientID: Span<UInt8>, _ userName: Span<UInt8>?
  ) -> Bool {
    guard pattern.contains(UInt8(ascii: "%")) else {
      return topicMatches(filter: pattern.span, name: topic)
    }
    guard let filter = filter(of: pattern, clientID: clientID, userName: userName) else {
      return false
    }
    return topicMatches(filter: filter.span, name: topic)
  }
}
