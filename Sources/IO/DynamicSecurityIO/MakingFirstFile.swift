import AccessFiles
import CCrypto
import DynamicSecurity
import Glibc
import Logins
import Reactor

// What happens where there is no file yet, as Mosquitto 2.1 does it.
extension SecurityFile {
  /// The model in the file, or the one that was just made and written there; and what the log is to
  /// say of that.
  public func readOrMake() throws(SecurityProblem) -> (model: SecurityModel, lines: [String]) {
    if let model = try read() { return (model, []) }
    let first = try firstPasswords()
    let model = SecurityModel.initial(
      admin: try hash(first.admin), demonstration: try first.demonstration.map(hash))
    do throws(SystemError) {
      if let demonstration = first.demonstration {
        let text = "admin \(first.admin)\ndemoclient \(demonstration)\n"
        try replaceFile("\(path).pw", with: Array(text.utf8))
      }
      try write(model)
    } catch {
      throw SecurityProblem(description: "Unable to \(error).")
    }
    let line = "Dynamic security file \(path) not found, made with a user admin: \(first.source)."
    return (model, [line])
  }

  private struct FirstPasswords {
    var admin: String
    var demonstration: String?
    var source: String
  }

  private func firstPasswords() throws(SecurityProblem) -> FirstPasswords {
    if let file = firstPasswordFile {
      return FirstPasswords(
        admin: try firstLine(of: file), source: "the password is that of \(file)")
    }
    if let value = getenv(Self.variable) {
      let password = String(cString: value)
      guard password.utf8.count >= 12 else {
        throw SecurityProblem(
          description: "\(Self.variable) must have at least 12 characters to be the password of "
            + "the first user of \(path).")
      }
      return FirstPasswords(admin: password, source: "the password is that of \(Self.variable)")
    }
    return FirstPasswords(
      admin: try made(), demonstration: try made(), source: "passwords are in \(path).pw")
  }

  private static let variable = "MOSQUITTO_DYNSEC_PASSWORD"

  private func firstLine(of file: String) throws(SecurityProblem) -> String {
    do throws(SystemError) {
      let text = try readTextFile(file)
      let line = text.prefix { !$0.isNewline }
      let password = String(line.reversed().drop { $0.isWhitespace }.reversed())
      if !password.isEmpty { return password }
    } catch { throw SecurityProblem(description: "Unable to \(error).") }
    throw SecurityProblem(description: "The first line of \(file) is no password.")
  }

  /// A password of 20 characters that anybody can type.
  private func made() throws(SecurityProblem) -> String {
    let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789-=_+,./".utf8)
    var octets = [UInt8](repeating: 0, count: 20)
    guard RAND_bytes(&octets, 20) == 1 else {
      throw SecurityProblem(description: "Unable to make a password: no random numbers.")
    }
    // 64 letters: every one is as likely.
    return String(decoding: octets.map { letters[Int($0) % letters.count] }, as: UTF8.self)
  }

  private func hash(_ password: String) throws(SecurityProblem) -> PasswordHash {
    guard let hash = PasswordHash(of: Array(password.utf8), .usual) else {
      throw SecurityProblem(description: "Unable to hash a password.")
    }
    return hash
  }
}
