import AccessFiles
import Testing

@testable import Logins

@Suite struct StrangersTests {
  private func list(_ methods: [PasswordHash.Method]) throws -> PasswordList {
    let lines = methods.enumerated().map { index, method in
      let hash = PasswordHash(
        method: method, salt: [UInt8](repeating: 7, count: 16),
        digest: [UInt8](repeating: 9, count: 64))
      return "user\(index):\(hash.text)"
    }
    return try PasswordList(text: lines.joined(separator: "\n"))
  }

  private let names = (0..<40).map { Array("name\($0)".utf8) }

  @Test func `a name that nobody has costs what the names of users cost`() throws {
    let list = try list([.sha512, .pbkdf2(rounds: 7)])
    let methods = names.map { Strangers().hash(of: $0, in: list).method }
    #expect(methods.allSatisfy { $0 == .sha512 || $0 == .pbkdf2(rounds: 7) })
    #expect(methods.contains(.sha512) && methods.contains(.pbkdf2(rounds: 7)))
    let empty = Strangers().hash(of: names[0], in: try self.list([]))
    #expect(empty.method == .usual)
  }

  @Test func `a name that nobody has gets the same salt and rounds each time, others get others`()
    throws
  {
    let list = try list([.sha512, .scramSHA256(rounds: 5000), .scramSHA256(rounds: 6000)])
    let strangers = Strangers()
    let hashes = names.map { strangers.exchangeHash(of: $0, in: list) }
    #expect(hashes == names.map { strangers.exchangeHash(of: $0, in: list) })
    #expect(Set(hashes.map(\.salt)).count == names.count)
    #expect(Set(hashes.compactMap(\.method.scramRounds)) == [5000, 6000])
  }
}
