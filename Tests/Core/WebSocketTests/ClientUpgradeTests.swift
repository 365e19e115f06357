import Testing

@testable import WebSocket

@Suite struct ClientUpgradeTests {
  private let key = UpgradeKey(random: InlineArray(repeating: 7))
  private let accept = UpgradeAccept(digest: InlineArray(repeating: 9))
  private var upgrade: ClientUpgrade {
    ClientUpgrade(host: "localhost:9001", path: "/mqtt", key: key, accept: accept, .mqtt)
  }

  private func step(_ answer: [UInt8], _ consumed: inout Int) -> ClientUpgradeStep {
    upgrade.receive(answer.span, consumed: &consumed)
  }

  @Test func `a client's request is one that a server accepts`() {
    var reader = UpgradeReader()
    var consumed = 0
    let request = upgrade.octets
    guard
      case .accepted(let key, .mqtt) =
        reader.receive(request.span, consumed: &consumed, UpgradeRules())
    else {
      Issue.record("not accepted")
      return
    }
    #expect(consumed == request.count)
    #expect(
      self.key.characters.indices.allSatisfy { key.characters[$0] == self.key.characters[$0] })
  }

  @Test func `a server's answer is taken, and nothing behind it`() {
    let answer = octets { UpgradeAnswer.accept(accept, .mqtt, into: &$0) }
    var consumed = 0
    #expect(step(answer + [0x82], &consumed) == .accepted)
    #expect(consumed == answer.count)
    #expect(step(answer.dropLast(), &consumed) == .needMore)
  }

  @Test func `any other answer is refused`() {
    var consumed = 0
    let other = octets {
      UpgradeAnswer.accept(UpgradeAccept(digest: InlineArray(repeating: 8)), .mqtt, into: &$0)
    }
    #expect(step(other, &consumed) == .refused(0))
    let old = octets { UpgradeAnswer.accept(accept, .mqtt31, into: &$0) }
    #expect(step(old, &consumed) == .refused(0))
    let forbidden = octets { UpgradeAnswer.refuse(.foreignOrigin, into: &$0) }
    #expect(step(forbidden, &consumed) == .refused(403))
    #expect(step(Array("SSH-2.0\r\n\r\n".utf8), &consumed) == .refused(0))
    #expect(step([UInt8](repeating: 65, count: 20_000), &consumed) == .refused(0))
  }
}
