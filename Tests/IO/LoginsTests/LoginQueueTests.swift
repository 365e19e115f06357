import AccessFiles
import SessionLink
import Testing

@testable import Logins

@Suite struct LoginQueueTests {
  private func trial(
    _ host: UInt8, _ name: String = "ann", memory: Int = 64, family: PeerAddress.Family = .ipv4
  ) -> LoginTrial {
    var octets = InlineArray<16, UInt8>(repeating: 0)
    octets[family == .ipv6 ? 15 : 0] = host
    return LoginTrial(
      link: LinkID(index: 0, generation: 1),
      address: PeerAddress(family: family, port: UInt16(host), octets: octets),
      userName: Array(name.utf8), password: [],
      hash: PasswordHash(
        method: .argon2id(Argon2Cost(memory: memory, passes: 1, lanes: 1)), salt: [], digest: []))
  }

  private func order(_ queue: inout LoginQueue) -> [String] {
    var names: [String] = []
    while let next = queue.next() {
      names.append(String(decoding: next.userName, as: UTF8.self))
      queue.finish(next)
    }
    return names
  }

  @Test func `who guesses from one host keeps nobody else waiting`() {
    var queue = LoginQueue()
    for _ in 0..<20 { _ = queue.add(trial(1, "guess")) }
    let isTaken = queue.add(trial(2, "ann"))
    #expect(isTaken && queue.count == LoginQueue.limitOfHost + 1)
    let names = order(&queue)
    #expect(names.prefix(2) == ["guess", "ann"])
  }

  @Test func `one who waits is not overtaken for ever by new hosts`() {
    var queue = LoginQueue()
    _ = queue.add(trial(1, "first"))
    _ = queue.add(trial(1, "second"))
    var taken: [String] = []
    for host in UInt8(2)..<6 {
      _ = queue.add(trial(host, "new"))
      if let next = queue.next() { taken.append(String(decoding: next.userName, as: UTF8.self)) }
    }
    #expect(taken == ["first", "new", "second", "new"])
  }

  @Test func `the queue does not grow with the number of hosts`() {
    var queue = LoginQueue()
    var taken = 0
    for high in UInt8(0)..<4 {
      for low in UInt8(0)..<255 {
        var guess = trial(low)
        var address = guess.address
        address.octets[1] = high
        guess = LoginTrial(
          link: guess.link, address: address, userName: [], password: [], hash: guess.hash)
        if queue.add(guess) { taken += 1 }
      }
    }
    #expect(taken == LoginQueue.limit && queue.count == LoginQueue.limit)
  }

  @Test func `the addresses of one network of IPv6 are one host`() {
    var queue = LoginQueue()
    let taken = (0..<20).count { queue.add(trial($0, family: .ipv6)) }
    #expect(taken == LoginQueue.limitOfHost)
  }

  @Test func `all that are tried at once take no more memory than one may`() {
    var queue = LoginQueue()
    for host in UInt8(1)...3 { _ = queue.add(trial(host, memory: Argon2Cost.memoryLimit / 2)) }
    let first = queue.next()
    let second = queue.next()
    let third = queue.next()
    #expect(first != nil && second != nil && third == nil)
    if let first { queue.finish(first) }
    let again = queue.next()
    #expect(again != nil)
  }
}
