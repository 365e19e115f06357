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

  /// Who is taken until nobody waits; all are right, but those named "guess".
  private func order(_ queue: inout LoginQueue) -> [String] {
    var names: [String] = []
    while let next = queue.next() {
      names.append(String(decoding: next.userName, as: UTF8.self))
      queue.finish(next, isRight: names.last != "guess")
    }
    return names
  }

  /// Has a host be wrong once.
  private func suspect(_ host: UInt8, _ queue: inout LoginQueue) {
    _ = queue.add(trial(host, "guess"))
    _ = order(&queue)
  }

  @Test func `who guesses from one host keeps nobody else waiting`() {
    var queue = LoginQueue()
    for _ in 0..<20 { _ = queue.add(trial(1, "guess")) }
    let isTaken = queue.add(trial(2, "ann"))
    #expect(isTaken && queue.count == 9)
    let names = order(&queue)
    #expect(names.first == "ann")
  }

  @Test func `who guesses from many hosts keeps nobody else waiting`() {
    var queue = LoginQueue()
    for host in UInt8(1)...100 { suspect(host, &queue) }
    for host in UInt8(1)...100 { for _ in 0..<8 { _ = queue.add(trial(host, "guess")) } }
    let isTaken = queue.add(trial(200, "ann"))
    let next = queue.next()
    #expect(isTaken && next?.userName == Array("ann".utf8))
  }

  @Test func `those who guess for the first time keep nobody else waiting`() {
    var queue = LoginQueue()
    for _ in 0..<3 { for host in UInt8(1)...20 { _ = queue.add(trial(host, "guess")) } }
    _ = queue.add(trial(200, "ann"))
    let next = queue.next()
    #expect(next?.userName == Array("ann".utf8) && queue.count == 60)
  }

  @Test func `a host that was wrong and then right is like others`() {
    var queue = LoginQueue()
    suspect(1, &queue)
    suspect(2, &queue)
    _ = queue.add(trial(1, "ann"))
    _ = order(&queue)
    _ = queue.add(trial(2, "guess"))
    _ = queue.add(trial(1, "ann"))
    let names = order(&queue)
    #expect(names == ["ann", "guess"])
  }

  @Test func `a host that has been wrong gets its turn all the same`() {
    var queue = LoginQueue()
    suspect(1, &queue)
    _ = queue.add(trial(1, "ann"))
    for host in UInt8(2)...9 { _ = queue.add(trial(host, "other")) }
    let names = order(&queue)
    #expect(names.firstIndex(of: "ann") == 3 && names.count == 9)
  }

  @Test func `one who waits is not overtaken for ever by new hosts`() {
    var queue = LoginQueue()
    _ = queue.add(trial(1, "first"))
    _ = queue.add(trial(1, "second"))
    var taken: [String] = []
    for host in UInt8(2)..<10 {
      _ = queue.add(trial(host, "new"))
      if let next = queue.next() { taken.append(String(decoding: next.userName, as: UTF8.self)) }
    }
    #expect(taken == ["new", "new", "new", "first", "new", "new", "new", "second"])
  }

  @Test func `the queue does not grow with the number of hosts`() {
    var queue = LoginQueue()
    let taken = (UInt8(0)..<255).count { queue.add(trial($0)) }
    #expect(taken == 255)
    let more = (0..<8).map { _ in (UInt8(0)..<255).count { queue.add(trial($0)) } }
    #expect(more.reduce(0, +) + taken == queue.count)
    #expect((256...512).contains(queue.count))
  }

  @Test func `the hosts that are remembered have a limit`() {
    var hosts = SuspectHosts()
    let all = (0..<10_000).map { number in
      LoginHost(PeerAddress(family: .ipv4, port: 0, octets: octets(number)))
    }
    for host in all { hosts.insert(host) }
    let known = all.count { hosts.contains($0) }
    #expect((2048...4096).contains(known) && hosts.contains(all[9_999]))
  }

  private func octets(_ number: Int) -> InlineArray<16, UInt8> {
    var octets = InlineArray<16, UInt8>(repeating: 0)
    octets[0] = UInt8(number >> 8)
    octets[1] = UInt8(number & 255)
    return octets
  }

  @Test func `nobody waits behind those who have left`() {
    var queue = LoginQueue()
    for number in UInt32(0)..<5 {
      var left = trial(1, "left")
      left = LoginTrial(
        link: LinkID(index: number, generation: 3), address: left.address, userName: left.userName,
        password: [], hash: left.hash)
      _ = queue.add(left)
    }
    _ = queue.add(trial(1, "ann"))
    for number in UInt32(0)..<5 { queue.withdraw(LinkID(index: number, generation: 3)) }
    let names = order(&queue)
    #expect(names == ["ann"])
  }

  @Test func `the addresses of one network of IPv6 are one host`() {
    var queue = LoginQueue()
    let taken = (UInt8(0)..<20).count { queue.add(trial($0, family: .ipv6)) }
    #expect(taken == 8)
  }

  @Test func `all that are tried at once take no more memory than one may`() {
    var queue = LoginQueue()
    for host in UInt8(1)...3 { _ = queue.add(trial(host, memory: Argon2Cost.memoryLimit / 2)) }
    let first = queue.next()
    let second = queue.next()
    let third = queue.next()
    #expect(first != nil && second != nil && third == nil)
    if let first { queue.finish(first, isRight: true) }
    let again = queue.next()
    #expect(again != nil)
  }
}
