import AccessFiles
import JSONTree

/// Why a file cannot be used.
public struct SecurityFileError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, and with which record; without a full stop.
  public let description: String
}

extension SecurityModel {
  /// The model that a file of Mosquitto's dynamic security says.
  public init(file: JSONValue) throws(SecurityFileError) {
    self.init()
    guard file.members != nil else { throw SecurityFileError(description: "it is no JSON object") }
    try readDefaults(file["defaultACLAccess"])
    // Names may only stand for what has been read.
    try read("roles", "rolename", of: file) { (model, name, record) throws(CommandError) in
      guard model.roles[name] == nil else { throw CommandError("it stands there twice") }
      try model.readRole(name, record)
    }
    try read("groups", "groupname", of: file) { (model, name, record) throws(CommandError) in
      guard model.groups[name] == nil else { throw CommandError("it stands there twice") }
      try model.readGroup(name, record)
    }
    try read("clients", "username", of: file) { (model, name, record) throws(CommandError) in
      guard model.clients[name] == nil else { throw CommandError("it stands there twice") }
      try model.readClient(name, record)
    }
    try read("groups", "groupname", of: file) { (model, name, record) throws(CommandError) in
      try model.readMembers(name, record)
    }
    try readAnonymousGroup(file["anonymousGroup"])
    guard clients.count <= Self.clientLimit, groups.count <= Self.groupLimit,
      roles.count <= Self.roleLimit
    else { throw SecurityFileError(description: "it has too many records") }
  }

  /// Reads the records of one list.
  private mutating func read(
    _ list: String, _ key: String, of file: JSONValue,
    _ take: (inout SecurityModel, Name, SecurityRecord) throws(CommandError) -> Void
  ) throws(SecurityFileError) {
    guard let value = file[list] else { return }
    guard let elements = value.elements else {
      throw SecurityFileError(description: "\(list) is no array")
    }
    for (index, element) in elements.enumerated() {
      guard let text = element[key]?.text, Self.isName(Array(text.utf8)) else {
        throw SecurityFileError(description: "number \(index + 1) of \(list) has no \(key)")
      }
      do throws(CommandError) { try take(&self, Array(text.utf8), SecurityRecord(element)) } catch {
        throw SecurityFileError(description: "\(list), \(text): \(error.text)")
      }
    }
  }

  private mutating func readDefaults(_ value: JSONValue?) throws(SecurityFileError) {
    for (name, place) in DefaultAccess.kinds {
      guard let member = value?[name] else { continue }
      guard let allows = member.bool else {
        throw SecurityFileError(description: "\(name) is neither true nor false")
      }
      defaults[keyPath: place] = allows
    }
  }

  private mutating func readRole(
    _ name: Name, _ record: SecurityRecord
  ) throws(CommandError) {
    var role = SecurityRole()
    role.description = try record.description()
    role.allowsWildcardSubscriptions = record.body["allowwildcardsubs"]?.bool ?? true
    guard try role.takeEntries(of: record) || record.body["acls"] == nil else {
      throw CommandError("Invalid acls")
    }
    roles[name] = role
  }

  private mutating func readGroup(
    _ name: Name, _ record: SecurityRecord
  ) throws(CommandError) {
    var group = SecurityGroup()
    group.description = try record.description()
    group.roles = try roles(of: record) ?? Ranking()
    groups[name] = group
  }

  private mutating func readClient(
    _ name: Name, _ record: SecurityRecord
  ) throws(CommandError) {
    var client = SecurityClient()
    client.description = try record.description()
    if let member = record.body["disabled"] {
      guard let isDisabled = member.bool else { throw CommandError("Invalid disabled") }
      client.isDisabled = isDisabled
    }
    let clientID = try record.clientID(else: "Invalid/missing client id")
    client.clientID = clientID?.isEmpty == false ? clientID : nil
    client.password = try record.password()
    client.roles = try roles(of: record) ?? Ranking()
    clients[name] = client
  }

  private mutating func readMembers(
    _ name: Name, _ record: SecurityRecord
  ) throws(CommandError) {
    for member in try clients(of: record) ?? [] {
      _ = clients[member.name]?.groups.add(name, priority: member.priority)
    }
  }

  private mutating func readAnonymousGroup(_ value: JSONValue?) throws(SecurityFileError) {
    guard let text = value?.text, !text.isEmpty else { return }
    guard groups[Array(text.utf8)] != nil else {
      throw SecurityFileError(description: "there is no group \(text), the anonymousGroup")
    }
    anonymousGroup = Array(text.utf8)
  }
}

extension SecurityRecord {
  /// What is kept of a password: one text, or its parts; nil where there is none.
  fileprivate func password() throws(CommandError) -> PasswordHash? {
    var text = body["encoded_password"]?.text
    if text == nil, let digest = body["password"]?.text, let salt = body["salt"]?.text {
      text = "$7$\(body["iterations"]?.integer ?? 0)$\(salt)$\(digest)"
    }
    guard let text else { return nil }
    guard let hash = PasswordHash(text: Substring(text).utf8) else {
      throw CommandError("its password is no hash that is known here")
    }
    return hash
  }
}
