import AccessFiles
import CommandKit
import Logins

private let hashOption = CommandOption(
  "-H", value: .choice("HASH", ["sha512-pbkdf2", "sha512", "argon2id", "scram-sha-256"]),
  summary:
    "How to hash; sha512-pbkdf2 unless given. With scram-sha-256 the user can log in by SCRAM.")
private let roundsOption = CommandOption(
  "-I", value: .integer("ITERATIONS", PasswordHash.Method.rounds),
  summary: "Rounds: 210000 of sha512-pbkdf2 and 100000 of scram-sha-256 unless given.")
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
    method = try Self.method(arguments.value(hashOption), arguments.integer(roundsOption))
  }

  private static func method(
    _ name: String?, _ rounds: Int?
  ) throws(UsageError) -> PasswordHash.Method {
    switch name {
    case nil, "sha512-pbkdf2": return rounds.map { .pbkdf2(rounds: $0) } ?? .usual
    case "scram-sha-256":
      let rounds = rounds ?? PasswordHash.Method.usualExchangeRounds
      guard PasswordHash.Method.exchangeRounds.contains(rounds) else {
        throw UsageError("scram-sha-256 has 4096 rounds at least.")
      }
      return .scramSHA256(rounds: rounds)
    default:
      guard rounds == nil else {
        throw UsageError("-I is for sha512-pbkdf2 and scram-sha-256.")
      }
      return name == "argon2id" ? .argon2id(.usual) : .sha512
    }
  }

  func perform() throws(PasswordFileError) {
    if arguments.has(upgradeOption) { return try change(hashing) }
    guard PasswordLines.isName(user) else {
      throw PasswordFileError(
        message: "Error: A user name has 1 to 65535 octets, no ':', no control character and no '#'"
          + " in front.")
    }
    if arguments.has(deleteOption) { return try change(deleting) }
    // Nobody types for a file that cannot be read.
    if !arguments.has(createOption) { _ = try PasswordFile(path).content() }
    let hash = try hash(try password())
    try change { lines in lines.set(hash, for: user) }
  }

  /// Changes the lines while nobody else does.
  private func change(
    _ change: (inout PasswordLines) throws(PasswordFileError) -> Void
  ) throws(PasswordFileError) {
    let file = try PasswordFile(path)
    var lines = PasswordLines(arguments.has(createOption) ? [] : try file.content())
    try change(&lines)
    try file.replace(with: lines.content)
  }

  private func hashing(_ lines: inout PasswordLines) throws(PasswordFileError) {
    let plain: [(user: [UInt8], password: [UInt8])]
    do throws(AccessFileError) { plain = try lines.plain() } catch {
      throw PasswordFileError(message: "Error: \(path), \(error).")
    }
    for (user, password) in plain { lines.set(try hash(password), for: user) }
  }

  private func deleting(_ lines: inout PasswordLines) throws(PasswordFileError) {
    guard lines.remove(user) else {
      throw PasswordFileError(
        message: "Warning: User \(arguments.operands[1]) not found in password file.")
    }
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
