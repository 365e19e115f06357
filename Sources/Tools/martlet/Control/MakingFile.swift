import AccessFiles
import CommandKit
import DynamicSecurity
import DynamicSecurityIO
import Glibc
import Logins
import Reactor

/// `dynsec init FILE ADMIN [PASSWORD]`: makes the file of dynamic security, with one client, who may
/// change everything there. Gives the exit status.
func makeSecurityFile(
  _ words: [String], _ output: inout StandardOutput
) throws(ControlWordsError) -> Int32 {
  guard words.count >= 2 else {
    throw .invalid("dynsec init: Not enough arguments - filename, or admin-user missing.")
  }
  guard words.count <= 3 else { throw .invalid("dynsec init: Too many arguments.") }
  let (path, admin) = (words[0], words[1])
  guard access(path, F_OK) != 0 else {
    throw .invalid("dynsec init: '\(path)' already exists; name another file, or remove it.")
  }
  guard let model = try securityModel(admin, words.count > 2 ? words[2] : nil) else {
    throw .invalid("dynsec init: Unable to hash the password.")
  }
  do throws(SystemError) { try SecurityFile(path: path).write(model) } catch {
    throw .invalid("dynsec init: Unable to \(error).")
  }
  output.write(
    """
    '\(path)' has the client '\(admin)', who may change clients, groups and roles, see $SYS and get
    all messages, and may publish nowhere else. Other clients are for that, for example:
      martlet ctrl -u \(admin) dynsec createClient garden
      martlet ctrl -u \(admin) dynsec createRole sensors
      martlet ctrl -u \(admin) dynsec addRoleACL sensors publishClientSend 'sensors/#' allow
      martlet ctrl -u \(admin) dynsec addClientRole garden sensors

    """)
  return 0
}

private func securityModel(
  _ admin: String, _ given: String?
) throws(ControlWordsError) -> SecurityModel? {
  let name = Array(admin.utf8)
  guard SecurityModel.isName(name) else {
    throw .invalid("dynsec init: '\(admin)' is no user name.")
  }
  let password: String
  if let given { password = given } else { password = try ControlModule.ask(of: admin) }
  if password.isEmpty { throw .invalid("dynsec init: Empty password.") }
  return PasswordHash(of: Array(password.utf8), .usual).map { .administrated(by: name, $0) }
}
