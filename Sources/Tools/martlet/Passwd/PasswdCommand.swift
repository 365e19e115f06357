import AccessFiles
import CommandKit
import Logins

private let hashOption = CommandOption(
  "-H", value: .choice("HASH", ["sha512-pbkdf2", "sha512"]),
  summary: "How to hash; sha512-pbkdf2 unless given.")
private let roundsOption = CommandOption(
  "-I", value: .integer("ITERATIONS", 1...10_000_000),
  summary: "Rounds of sha512-pbkdf2; 210000 unless given.")
private let createOption = CommandOption("-c", summary: "Make a new file; one that exists is lost.")
private let batchOption = CommandOption("-b", summary: "Take the password as the last argument.")
private let deleteOption = CommandOption("-D", summary: "Delete the user.")
private let upgradeOption = CommandOption("-U", summary: "Hash the passwords of a plain file.")

/// `martlet passwd`: changes a password file.
let passwdCommand = Command(
  "passwd", aliases: ["mosquitto_passwd"], summary: "Change a password file",
  groups: [
    OptionGroup(
      "Options",
      [hashOption, roundsOption, createOption, batchOption, deleteOption, upgradeOption])
  ],
  operands: [Operand("FILE"), Operand("USER", .atMostOne), Operand("PASSWORD", .atMostOne)],
  statuses: [ExitStatus(0, "Done."), ExitStatus(1, "Not done; standard error says why.")]
) { arguments, _ throws(UsageError) in
  let change = try PasswordChange(arguments)
  do throws(PasswordFileError) {
    try change.perform()
    return 0
  } catch {
    StandardError.write(line: error.message)
    return 1
  }
}

/// What a command line asks for.
private struct PasswordChange {
  let arguments: Arguments
  let path: String
  let user: [UInt8]
  let method: PasswordHash.Method

  init(_ arguments: Arguments) throws(UsageError) {
    let modes = [batchOption, deleteOption, upgradeOption].filter { arguments.has($0) }
    guard modes.count <= 1 else { throw UsageError("Only one of -b, -D and -U can be given.") }
    guard !arguments.has(createOption) || modes.isEmpty || modes == [batchOption] else {
      throw UsageError("-c cannot be used with -D or -U.")
    }
    let words = arguments.operands
    let needed = modes == [upgradeOption] ? 1 : modes == [batchOption] ? 3 : 2
    guard words.count == needed else { throw UsageError("\(needed) arguments are expected.") }
    self.arguments = arguments
    path = words[0]
    user = needed > 1 ? Array(words[1].utf8) : []
    method =
      arguments.value(hashOption) == "sha512"
      ? .sha512 : .pbkdf2(rounds: arguments.integer(roundsOption) ?? 210_000)
  }

  func perform() throws(PasswordFileError) {
    let isNew = arguments.has(createOption)
    var lines = PasswordLines(isNew ? [] : try readPasswordFile(path))
    if arguments.has(upgradeOption) {
      for (user, password) in lines.plain { lines.set(try hash(password), for: user) }
    } else if !PasswordLines.isName(user) {
      throw PasswordFileError(
        message: "Error: A user name has 1 to 65535 octets, no ':', no control character and no '#'"
          + " in front.")
    } else if arguments.has(deleteOption) {
      guard lines.remove(user) else {
        throw PasswordFileError(
          message: "Warning: User \(arguments.operands[1]) not found in password file.")
      }
    } else {
      lines.set(try hash(try password()), for: user)
    }
    try writePasswordFile(path, lines.content)
  }

  private func password() throws(PasswordFileError) -> [UInt8] {
    if arguments.has(batchOption) { return Array(arguments.operands[2].utf8) }
    return try askForPassword()
  }

  private func hash(_ password: [UInt8]) throws(PasswordFileError) -> PasswordHash {
    guard !password.isEmpty else { throw PasswordFileError(message: "Error: Empty password.") }
    guard let hash = PasswordHash(of: password, method) else {
      throw PasswordFileError(message: "Error: Unable to hash password.")
    }
    return hash
  }
}
