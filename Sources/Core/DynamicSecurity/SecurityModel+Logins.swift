import AccessFiles

extension SecurityModel {
  /// Who logs in with which password: the clients of this model, and of a password file those who are
  /// not known here. A client that is disabled or has no password cannot log in.
  public func logins(over file: PasswordList?) -> PasswordList {
    var list = file ?? PasswordList()
    // In one order always: strangers are met by the place of a user in it.
    for name in Self.sorted(clients) {
      list.set(clients[name].flatMap { $0.isDisabled ? nil : $0.password }, of: name)
    }
    return list
  }

  /// Those of this model whose logins or rights would be others if it were the other one.
  public func affected(byChangeTo other: SecurityModel) -> Set<Affected> {
    let changed = clients.filter { name, client in
      guard let new = other.clients[name] else { return true }
      return new.isDisabled || new.password != client.password || new.clientID != client.clientID
        || new.roles != client.roles || new.groups != client.groups
    }
    let roles = Set(
      self.roles.filter {
        other.roles[$0.key]?.entries != $0.value.entries
          || other.roles[$0.key]?.allowsWildcardSubscriptions
            != $0.value.allowsWildcardSubscriptions
      }.keys)
    let groups = Set(
      self.groups.filter { name, group in
        other.groups[name]?.roles != group.roles
          || group.roles.places.contains { roles.contains($0.name) }
      }.keys)
    var affected = Set(changed.keys.map(Affected.user))
    affected.formUnion(
      self.affected(byGroups: groups) { $0.roles.places.contains { roles.contains($0.name) } })
    if anonymousGroup != other.anonymousGroup { affected.insert(.anonymous) }
    return affected
  }
}
