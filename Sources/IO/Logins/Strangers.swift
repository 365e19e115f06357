import AccessFiles
import Glibc

/// What somebody whom no file knows is met with: nothing that tells it from a user. The same name is met
/// with the same, before and after a restart.
struct Strangers: Sendable {
  private let key: [UInt8]

  /// Met in a way of this machine's own.
  init() {
    let machine = Self.machineID()
    key = machine.isEmpty ? (0..<32).map { _ in UInt8.random(in: .min ... .max) } : machine
  }

  private static func machineID() -> [UInt8] {
    guard let file = fopen("/etc/machine-id", "re") else { return [] }
    defer { fclose(file) }
    var text = [UInt8](repeating: 0, count: 64)
    let count = fread(&text, 1, text.count, file)
    return Array(text[..<count])
  }

  /// A hash that no password has, which costs as much to try as that of some user.
  func hash(of userName: [UInt8], in list: PasswordList) -> PasswordHash {
    hash(of: userName, list.method(ofStranger: number(of: userName)))
  }

  /// The same for an exchange.
  func exchangeHash(of userName: [UInt8], in list: PasswordList) -> PasswordHash {
    let rounds = list.exchangeRounds(ofStranger: number(of: userName))
    return hash(of: userName, .scramSHA256(rounds: rounds))
  }

  private func hash(of userName: [UInt8], _ method: PasswordHash.Method) -> PasswordHash {
    PasswordHash(
      method: method, salt: Array(octets(of: userName, "salt").prefix(16)),
      digest: [UInt8](repeating: 0, count: 64))
  }

  private func number(of userName: [UInt8]) -> UInt64 {
    octets(of: userName, "number").prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func octets(of userName: [UInt8], _ purpose: String) -> [UInt8] {
    hmacSHA256(key, Array("martlet \(purpose) ".utf8) + userName)
  }
}
