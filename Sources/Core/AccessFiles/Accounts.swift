/// What somebody needs to log in.
public struct Account: Sendable, Equatable {
  /// What is kept of the password; nil for one who cannot log in.
  public var hash: PasswordHash?
  /// The only Client Identifier that may be used; nil for any.
  public var clientID: [UInt8]?

  /// An account of those parts.
  public init(hash: PasswordHash?, clientID: [UInt8]? = nil) {
    self.hash = hash
    self.clientID = clientID
  }
}

/// Who may log in, and with what.
public struct Accounts: Sendable, Equatable {
  private var accounts: [[UInt8]: Account]

  /// The users of a password file; nobody without one.
  public init(_ list: PasswordList? = nil) {
    accounts = list?.hashes.mapValues { Account(hash: $0) } ?? [:]
  }

  /// The account of a user; nil for one who has none.
  public subscript(userName: [UInt8]) -> Account? {
    get { accounts[userName] }
    set { accounts[userName] = newValue }
  }

  /// The same, and over them the others.
  public func overlaid(with others: Accounts) -> Accounts {
    var result = self
    result.accounts.merge(others.accounts) { $1 }
    return result
  }
}
