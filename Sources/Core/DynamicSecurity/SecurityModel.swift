import AccessFiles

/// The octets of a user name, the name of a group or the name of a role.
public typealias Name = [UInt8]

/// All that dynamic security knows: who may log in, in which groups they are, and what the roles of
/// clients and groups allow. Every name that stands in it is that of a record that is there.
public struct SecurityModel: Sendable, Equatable {
  /// The clients, by user name.
  public internal(set) var clients: [Name: SecurityClient] = [:]
  /// The groups, by name.
  public internal(set) var groups: [Name: SecurityGroup] = [:]
  /// The roles, by name.
  public internal(set) var roles: [Name: SecurityRole] = [:]
  /// The group whose roles hold for clients without a user name.
  public internal(set) var anonymousGroup: Name?
  /// What is allowed where no role says anything.
  public internal(set) var defaults = DefaultAccess()

  /// Nobody, and nothing is allowed but to receive and to unsubscribe.
  public init() {}
}

/// What people are told about a record.
public struct Description: Sendable, Equatable {
  /// A short text (`textname`).
  public var name: String?
  /// A longer one (`textdescription`).
  public var text: String?

  /// A description of those parts.
  public init(name: String? = nil, text: String? = nil) {
    self.name = name
    self.text = text
  }
}

/// Somebody who may log in.
public struct SecurityClient: Sendable, Equatable {
  /// What is kept of the password; nobody logs in without one.
  public var password: PasswordHash?
  /// The only Client Identifier that it may have; nil for any.
  public var clientID: [UInt8]?
  /// Whether it may not log in.
  public var isDisabled = false
  /// For people.
  public var description = Description()
  /// Its own roles.
  public var roles = Ranking()
  /// Its groups.
  public var groups = Ranking()

  /// A client without a password and without roles.
  public init() {}
}

/// Clients that have roles in common.
public struct SecurityGroup: Sendable, Equatable {
  /// For people.
  public var description = Description()
  /// The roles of all its clients.
  public var roles = Ranking()

  /// A group without roles.
  public init() {}
}

/// What is allowed, and what is not.
public struct SecurityRole: Sendable, Equatable {
  /// For people.
  public var description = Description()
  /// Whether who has the role may subscribe to filters with wildcards at all.
  public var allowsWildcardSubscriptions = true
  /// The entries: by kind, then by falling priority, then older ones first.
  public private(set) var entries: [AccessEntry] = []

  /// A role that says nothing.
  public init() {}

  /// Adds an entry; false when there is one of that kind for that topic.
  public mutating func add(_ entry: AccessEntry) -> Bool {
    guard index(of: entry.kind, entry.topic) == nil else { return false }
    let place = entries.firstIndex { entry.goesBefore($0) } ?? entries.count
    entries.insert(entry, at: place)
    return true
  }

  /// Takes the entries of another role in place of its own.
  mutating func takeEntries(of other: SecurityRole) { entries = other.entries }

  /// Removes an entry; false when there is none.
  public mutating func remove(_ kind: AccessEntry.Kind, _ topic: [UInt8]) -> Bool {
    guard let index = index(of: kind, topic) else { return false }
    entries.remove(at: index)
    return true
  }

  private func index(of kind: AccessEntry.Kind, _ topic: [UInt8]) -> Int? {
    entries.firstIndex { $0.kind == kind && $0.topic == topic }
  }
}

/// One entry of a role (ACL).
public struct AccessEntry: Sendable, Equatable {
  /// What it is about, by Mosquitto's names.
  public enum Kind: String, Sendable, CaseIterable {
    /// A client publishes.
    case publishClientSend
    /// A client gets a message.
    case publishClientReceive
    /// A client subscribes to just this filter.
    case subscribeLiteral
    /// A client subscribes to a filter that this one covers.
    case subscribePattern
    /// A client unsubscribes from just this filter.
    case unsubscribeLiteral
    /// A client unsubscribes from a filter that this one covers.
    case unsubscribePattern
  }

  /// What it is about.
  public var kind: Kind
  /// The filter; `%c` and `%u` as whole levels stand for Client Identifier and user name.
  public var topic: [UInt8]
  /// Entries of higher priority are asked first.
  public var priority: Int
  /// Whether it allows.
  public var allows: Bool

  /// An entry of those parts.
  public init(_ kind: Kind, _ topic: [UInt8], priority: Int = 0, allows: Bool) {
    self.kind = kind
    self.topic = topic
    self.priority = Ranking.clamped(priority)
    self.allows = allows
  }
}

extension AccessEntry {
  fileprivate func goesBefore(_ other: AccessEntry) -> Bool {
    kind == other.kind ? priority > other.priority : kind.number < other.kind.number
  }
}

extension AccessEntry.Kind {
  /// Its place in the order of all of them.
  var number: Int {
    switch self {
    case .publishClientSend: 0
    case .publishClientReceive: 1
    case .subscribeLiteral: 2
    case .subscribePattern: 3
    case .unsubscribeLiteral: 4
    case .unsubscribePattern: 5
    }
  }
}

/// What is allowed where no role says anything (`defaultACLAccess`).
public struct DefaultAccess: Sendable, Equatable {
  /// To publish.
  public var publishClientSend = false
  /// To get messages.
  public var publishClientReceive = true
  /// To subscribe.
  public var subscribe = false
  /// To unsubscribe.
  public var unsubscribe = true

  /// Mosquitto's defaults.
  public init() {}

  /// The kinds by Mosquitto's names.
  static var kinds: [(name: String, place: WritableKeyPath<DefaultAccess, Bool>)] {
    [
      ("publishClientSend", \.publishClientSend), ("publishClientReceive", \.publishClientReceive),
      ("subscribe", \.subscribe), ("unsubscribe", \.unsubscribe),
    ]
  }
}
