import AccessFiles

extension SecurityModel {
  /// Who may log in. A client that is disabled or has no password is there, and cannot.
  public var accounts: Accounts {
    var accounts = Accounts()
    for (name, client) in clients {
      accounts[name] = Account(
        hash: client.isDisabled ? nil : client.password, clientID: client.clientID)
    }
    return accounts
  }

  /// The users of this model who could not log in as they did if it were the other one.
  public func affected(byChangeTo other: SecurityModel) -> Set<Affected> {
    let affected = clients.filter { name, client in
      guard let new = other.clients[name] else { return true }
      return new.isDisabled || new.password != client.password || new.clientID != client.clientID
    }
    return Set(affected.keys.map(Affected.user))
  }
}
