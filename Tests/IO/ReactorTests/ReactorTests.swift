import CLinux
import Glibc
import Testing

@testable import Reactor

/// Two connected sockets, closed with the pair.
struct SocketPair: ~Copyable {
  let left: Descriptor, right: Descriptor

  init() throws {
    var pair: [Int32] = [-1, -1]
    let status = linux_socketpair(linux_stream_type(), &pair)
    try #require(status == 0)
    left = Descriptor(owning: pair[0])
    right = Descriptor(owning: pair[1])
  }
}

@Suite struct ReactorTests {
  @Test func `a descriptor with bytes becomes readable under its token`() throws {
    var reactor = try Reactor()
    let pair = try SocketPair()
    try reactor.add(pair.left.number, token: UInt64.max - 7, interest: .readable)
    try reactor.wait(timeoutMilliseconds: 0)
    let quiet = reactor.eventCount
    #expect(quiet == 0)
    #expect(write(pair.right.number, "x", 1) == 1)
    try reactor.wait(timeoutMilliseconds: 5000)
    let count = reactor.eventCount
    try #require(count == 1)
    let event = reactor.event(at: 0)
    #expect(event.token == UInt64.max - 7)
    #expect(event.isReadable && !event.isWritable && !event.isHungUp && !event.isFailed)
  }

  @Test func `readiness is told again until the bytes are read`() throws {
    var reactor = try Reactor()
    let pair = try SocketPair()
    try reactor.add(pair.left.number, token: 1, interest: .readable)
    #expect(write(pair.right.number, "x", 1) == 1)
    for _ in 0..<2 {
      try reactor.wait(timeoutMilliseconds: 5000)
      let count = reactor.eventCount
      #expect(count == 1)
    }
  }

  @Test func `a changed interest brings a changed token`() throws {
    var reactor = try Reactor()
    let pair = try SocketPair()
    try reactor.add(pair.left.number, token: 1, interest: .readable)
    try reactor.modify(pair.left.number, token: 2, interest: [.readable, .writable])
    try reactor.wait(timeoutMilliseconds: 5000)
    let event = reactor.event(at: 0)
    #expect(event.token == 2 && event.isWritable && !event.isReadable)
    try reactor.remove(pair.left.number)
    try reactor.wait(timeoutMilliseconds: 0)
    let count = reactor.eventCount
    #expect(count == 0)
  }

  @Test func `a closed peer is a hang-up that reads and writes notice`() throws {
    var reactor = try Reactor()
    var pair: [Int32] = [-1, -1]
    #expect(linux_socketpair(linux_stream_type(), &pair) == 0)
    let left = Descriptor(owning: pair[0])
    try reactor.add(left.number, token: 3, interest: [])
    close(pair[1])
    try reactor.wait(timeoutMilliseconds: 5000)
    let count = reactor.eventCount
    try #require(count == 1)
    let event = reactor.event(at: 0)
    #expect(event.isHungUp && event.isReadable && event.isWritable)
  }

  @Test func `more ready descriptors than one wait holds come with the next`() throws {
    var reactor = try Reactor()
    var pairs: [Int32] = []
    defer { for number in pairs { close(number) } }
    for index in 0..<150 {
      var pair: [Int32] = [-1, -1]
      try #require(linux_socketpair(linux_stream_type(), &pair) == 0)
      pairs += pair
      try reactor.add(pair[0], token: UInt64(2 * index), interest: .writable)
      try reactor.add(pair[1], token: UInt64(2 * index + 1), interest: .writable)
    }
    var seen: Set<UInt64> = []
    for _ in 0..<4 {
      try reactor.wait(timeoutMilliseconds: 0)
      let count = reactor.eventCount
      #expect(count == Reactor.eventCapacity)
      for index in 0..<count { seen.insert(reactor.event(at: index).token) }
    }
    #expect(seen.count == 300)
  }

  @Test func `watching what is not open says why`() throws {
    var reactor = try Reactor()
    var failure: SystemError?
    do throws(SystemError) {
      try reactor.add(-1, token: 0, interest: .readable)
    } catch {
      failure = error
    }
    #expect(failure?.code == EBADF)
    #expect(failure?.description == "watch descriptor -1: Bad file descriptor")
  }

  @Test func `a wait ends after its time-out and not before`() throws {
    var reactor = try Reactor()
    let start = MonotonicClock.now()
    try reactor.wait(timeoutMilliseconds: 20)
    #expect(MonotonicClock.now() - start >= 19)
    #expect(WallClock.seconds() > 1_700_000_000)
  }
}
