import AccessFiles

extension SecurityModel {
  /// Who logs in with which password: the clients of this model, and of a password file those who are
  /// not known here. A client that is disabled or has no password cannot log in.
  public func logins(over file: PasswordList?) -> PasswordList {
    var list = file ?? PasswordList()
    for (name, client) in clients { list.set(client.isDisabled ? nil : client.password, of: name) }
    return list
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
