import CommandKit
import Glibc
import JSONTree
import Reactor

extension ControlModule {
  /// What `createClient USER [-c CLIENTID] [-p PASSWORD]` says; a password that is not there is asked
  /// for.
  func clientMembers(
    _ words: [String], _ known: ControlWords
  ) throws(ControlWordsError) -> [JSONMember] {
    guard let user = words.first else { throw .invalid("createClient needs \(known.usage)") }
    var members = [JSONMember("username", .text(user))]
    var password: String?
    var rest = words.dropFirst()
    while let option = rest.popFirst() {
      guard let value = rest.popFirst(), option == "-c" || option == "-p" else {
        throw .invalid("createClient takes \(known.usage)")
      }
      if option == "-p" {
        password = value
      } else {
        members.append(JSONMember("clientid", .text(value)))
      }
    }
    if password == nil {
      StandardError.write(
        line: "A password for \(user); without one nobody can log in as that client.")
      password = try Self.ask(of: user)
    }
    if let password, !password.isEmpty { members.append(JSONMember("password", .text(password))) }
    return members
  }

  /// What `setClientPassword USER [PASSWORD]` says; a password that is not there is asked for.
  func passwordMembers(
    _ words: [String], _ known: ControlWords
  ) throws(ControlWordsError) -> [JSONMember] {
    let members = try known.members(words)
    if members.count == 2 { return members }
    let password = try Self.ask(of: words[0])
    if password.isEmpty { throw .invalid("Empty password.") }
    return members + [JSONMember("password", .text(password))]
  }

  /// A new password, asked for twice.
  static func ask(of user: String) throws(ControlWordsError) -> String {
    let first = typedSecret("New password for \(user): ")
    guard let first, first.isEmpty || first == typedSecret("Reenter password for \(user): ") else {
      throw .invalid("Passwords do not match.")
    }
    return first
  }

  /// A line of standard input that a terminal does not show.
  static func typedSecret(_ prompt: String) -> String? {
    guard isatty(0) == 1 else { return readLine() }
    do throws(SystemError) {
      var asking = try PasswordPrompt()
      return asking.answer(to: prompt).map { String(decoding: $0, as: UTF8.self) }
    } catch { return nil }
  }
}
