import AccessFiles
import BrokerCore
import MQTTTerms
import Slabs

/// What a model allows, laid out to be asked at each message. A client's roles are asked by falling
/// priority, then those of its groups; a role's entries likewise. The first entry that is about the
/// topic decides.
public final class SecurityRules: Sendable {
  private let roles: [Role]
  private let groups: [[Int]]
  /// By the octets of their names.
  private let clients: [Client]
  private let anonymousRoles: [Int]
  private let defaults: DefaultAccess

  private struct Client {
    var name: Name
    var isDisabled: Bool
    var clientID: [UInt8]?
    var roles: [Int]
    var groups: [Int]
  }

  private struct Role {
    var allowsWildcards: Bool
    /// By the numbers of their kinds.
    var entries = [[Entry]](repeating: [], count: AccessEntry.Kind.allCases.count)
  }

  private struct Entry {
    var filter: [UInt8]
    var allows: Bool
    var hasPlaceholder: Bool
  }

  /// The rules of `model`.
  public init(_ model: SecurityModel) {
    defaults = model.defaults
    var (roleOfName, groupOfName): ([Name: Int], [Name: Int]) = ([:], [:])
    var (roles, groups): ([Role], [[Int]]) = ([], [])
    for (name, role) in model.roles {
      roleOfName[name] = roles.count
      roles.append(Self.role(role))
    }
    for (name, group) in model.groups {
      groupOfName[name] = groups.count
      groups.append(group.roles.places.compactMap { roleOfName[$0.name] })
    }
    clients = SecurityModel.sorted(model.clients).compactMap { name in
      guard let client = model.clients[name] else { return nil }
      return Client(
        name: name, isDisabled: client.isDisabled, clientID: client.clientID,
        roles: client.roles.places.compactMap { roleOfName[$0.name] },
        groups: client.groups.places.compactMap { groupOfName[$0.name] })
    }
    (self.roles, self.groups) = (roles, groups)
    anonymousRoles = model.anonymousGroup.flatMap { groupOfName[$0] }.map { groups[$0] } ?? []
  }

  private static func role(_ role: SecurityRole) -> Role {
    var laidOut = Role(allowsWildcards: role.allowsWildcardSubscriptions)
    for entry in role.entries {
      laidOut.entries[entry.kind.number].append(
        Entry(
          filter: entry.topic, allows: entry.allows,
          hasPlaceholder: entry.topic.contains(UInt8(ascii: "%"))))
    }
    return laidOut
  }

  /// Whether a client may do that; nil where nothing is said of it: others may say so then.
  public func decision(
    on access: Access, _ topic: Span<UInt8>, clientID: Span<UInt8>, userName: Span<UInt8>?
  ) -> Bool? {
    guard let (question, isUsual) = question(access) else {
      return mayConnect(clientID, userName)
    }
    let asked = Asked(question: question, clientID: clientID, userName: userName)
    if let userName {
      guard let client = client(userName) else { return nil }
      if let said = said(by: client.roles, of: topic, asked) { return said }
      for group in client.groups {
        if let said = said(by: groups[group], of: topic, asked) { return said }
      }
    } else if let said = said(by: anonymousRoles, of: topic, asked) {
      return said
    }
    // Nobody controls the broker who was not told to.
    return isUsual && !isControlTopic(topic) ? true : nil
  }

  /// Whether somebody who has shown who it is may have a session under an identifier.
  private func mayConnect(_ clientID: Span<UInt8>, _ userName: Span<UInt8>?) -> Bool {
    guard let userName, let client = client(userName) else { return true }
    guard let own = client.clientID else { return !client.isDisabled }
    return !client.isDisabled && isSameName(own.span, clientID)
  }

  private func client(_ name: Span<UInt8>) -> Client? {
    var (low, high) = (0, clients.count)
    while low < high {
      let middle = (low + high) / 2
      let other = clients[middle].name
      if precedes(other.span, name) { low = middle + 1 } else { high = middle }
    }
    guard low < clients.count else { return nil }
    let found = clients[low]
    return isSameName(found.name.span, name) ? found : nil
  }

  /// Whether a name goes before another by its octets.
  private func precedes(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    for index in 0..<min(left.count, right.count) where left[index] != right[index] {
      return left[index] < right[index]
    }
    return left.count < right.count
  }

  /// What a client asks for, and who it is.
  fileprivate struct Asked: ~Escapable {
    let question: Question
    let clientID: Span<UInt8>
    let userName: Span<UInt8>?

    @_lifetime(copy clientID, copy userName)
    init(question: Question, clientID: Span<UInt8>, userName: Span<UInt8>?) {
      self.question = question
      self.clientID = clientID
      self.userName = userName
    }
  }

  /// Which entries are looked at.
  fileprivate enum Question {
    /// Those of that kind, which match a Topic Name.
    case name(AccessEntry.Kind)
    /// Those that are the Topic Filter, then those that cover it.
    case filter(literal: AccessEntry.Kind, pattern: AccessEntry.Kind)
  }

  private func question(_ access: Access) -> (Question, isUsual: Bool)? {
    switch access {
    case .connect: nil
    case .publish, .will: (.name(.publishClientSend), defaults.publishClientSend)
    case .receive: (.name(.publishClientReceive), defaults.publishClientReceive)
    case .subscribe:
      (.filter(literal: .subscribeLiteral, pattern: .subscribePattern), defaults.subscribe)
    case .unsubscribe:
      (.filter(literal: .unsubscribeLiteral, pattern: .unsubscribePattern), defaults.unsubscribe)
    }
  }

  /// What the first of some roles says that says anything.
  private func said(
    by roles: [Int], of topic: Span<UInt8>, _ asked: borrowing Asked
  ) -> Bool? {
    for role in roles {
      if let said = said(by: self.roles[role], of: topic, asked) { return said }
    }
    return nil
  }

  private func said(
    by role: Role, of topic: Span<UInt8>, _ asked: borrowing Asked
  ) -> Bool? {
    switch asked.question {
    case .name(let kind): return first(of: role.entries[kind.number], matching: topic, asked)
    case .filter(let literal, let pattern):
      if literal == .subscribeLiteral, !role.allowsWildcards, hasWildcard(topic) { return false }
      for entry in role.entries[literal.number] where isSameName(entry.filter.span, topic) {
        return entry.allows
      }
      return first(of: role.entries[pattern.number], matching: topic, asked)
    }
  }

  private func first(
    of entries: [Entry], matching topic: Span<UInt8>, _ asked: borrowing Asked
  ) -> Bool? {
    for entry in entries {
      var filter = entry.filter
      if entry.hasPlaceholder {
        // A name that could be a wildcard is let nowhere.
        if asked.hasWildcardName { return false }
        guard
          let own = AccessFiles.filter(
            of: filter, clientID: asked.clientID, userName: asked.userName)
        else { continue }
        filter = own
      }
      if asked.matches(filter.span, topic) { return entry.allows }
    }
    return nil
  }
}

extension SecurityRules.Asked {
  fileprivate var hasWildcardName: Bool {
    if hasWildcard(clientID) { return true }
    guard let userName else { return false }
    return hasWildcard(userName)
  }

  fileprivate func matches(_ filter: Span<UInt8>, _ topic: Span<UInt8>) -> Bool {
    switch question {
    case .name: topicMatches(filter: filter, name: topic)
    case .filter: covers(filter, topic)
    }
  }
}

/// The rules of dynamic security, and behind them those of an ACL file, which are asked where the
/// former say nothing. What nobody allows is refused.
public final class LayeredRules: AccessRules {
  private let security: SecurityRules
  private let others: (any AccessRules)?

  /// Those rules.
  public init(_ security: SecurityRules, others: (any AccessRules)? = nil) {
    self.security = security
    self.others = others
  }

  /// Whether `peer` may do that.
  public func allows(_ access: Access, _ topic: Span<UInt8>, for peer: borrowing Peer) -> Bool {
    security.decision(on: access, topic, clientID: peer.clientID, userName: peer.userName)
      ?? others?.allows(access, topic, for: peer) ?? false
  }
}
