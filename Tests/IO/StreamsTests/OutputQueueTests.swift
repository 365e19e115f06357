import CLinux
import Glibc
import Reactor
import Testing

@testable import Streams

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

/// `count` octets that tell their place.
func pattern(_ count: Int, from start: Int = 0) -> [UInt8] {
  (start..<start + count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
}

/// All octets that `number` gives now.
func readAll(_ number: Int32) -> [UInt8] {
  var all: [UInt8] = []
  var room = [UInt8](repeating: 0, count: 65536)
  while true {
    let result = room.withUnsafeMutableBytes { TCPStream.read(number, into: $0) }
    guard case .bytes(let count) = result else { return all }
    all += room[..<count]
  }
}

struct Refused: Error {}

@Suite struct OutputQueueTests {
  @Test func `an idle stream's queue and tail are small`() {
    #expect(MemoryLayout<OutputQueue>.stride <= 24)
    #expect(MemoryLayout<TailBuffer>.stride <= 16)
  }

  @Test func `what is appended in pieces arrives as one`() throws {
    let pair = try SocketPair()
    var pool = BlockPool()
    var queue = OutputQueue()
    for start in stride(from: 0, to: 3000, by: 100) {
      queue.append(pattern(100, from: start).span, from: &pool)
    }
    let pending = queue.pendingCount
    let result = queue.flush(to: pair.left.number, pool: &pool)
    let empty = queue.isEmpty
    #expect(pending == 3000 && result == .drained && empty)
    #expect(readAll(pair.right.number) == pattern(3000))
  }

  @Test func `an encoder writes into the block, and nothing stays of one that fails`() {
    var pool = BlockPool()
    var queue = OutputQueue()
    queue.append([1, 2].span, from: &pool)
    queue.withOutput(of: 10, from: &pool) { output in
      output.append(UInt8(3))
      output.append(UInt8(4))
    }
    do throws(Refused) {
      try queue.withOutput(of: 10, from: &pool) { output throws(Refused) in
        output.append(UInt8(9))
        throw Refused()
      }
    } catch {}
    let bytes = copy(queue.pending)
    #expect(bytes == [1, 2, 3, 4])
  }

  @Test func `a packet identifier is patched where it lies`() {
    var pool = BlockPool()
    var queue = OutputQueue()
    queue.append([0xAA].span, from: &pool)
    let start = queue.pendingCount
    queue.append([1, 0, 0, 2].span, from: &pool)
    queue.patch(bigEndian: 0x1234, at: start + 1)
    queue.patch(bigEndian: 0xFFFF, at: 4)
    queue.patch(bigEndian: 0xFFFF, at: -1)
    let bytes = copy(queue.pending)
    #expect(bytes == [0xAA, 1, 0x12, 0x34, 2])
  }

  @Test func `a slow reader blocks the queue, and gets everything in order later`() throws {
    let pair = try SocketPair()
    TCPStream.setSendBuffer(pair.left.number, byteCount: 4096)
    var reactor = try Reactor()
    try reactor.add(pair.left.number, token: 0, interest: .writable)
    var pool = BlockPool()
    var queue = OutputQueue()
    let total = 300_000
    queue.append(pattern(total).span, from: &pool)
    var result = queue.flush(to: pair.left.number, pool: &pool)
    #expect(result == .blocked)
    let stuck = queue.flush(to: pair.left.number, pool: &pool)
    #expect(stuck == .blocked)
    queue.append(pattern(1000, from: total).span, from: &pool)
    var received: [UInt8] = []
    while result == .blocked {
      received += readAll(pair.right.number)
      try reactor.wait(timeoutMilliseconds: 5000)
      try #require(reactor.eventCount == 1)
      result = queue.flush(to: pair.left.number, pool: &pool)
    }
    received += readAll(pair.right.number)
    #expect(result == .drained && received == pattern(total + 1000))
  }

  @Test func `a block that is half sent is used again from its front`() throws {
    var pool = BlockPool()
    var queue = OutputQueue()
    var expected: [UInt8] = []
    for round in 0..<1000 {
      let piece = pattern(700, from: round)
      queue.append(piece.span, from: &pool)
      expected += piece
      let keep = min(round, 900)
      let count = expected.count - keep
      if count > 0 {
        queue.removeFirst(count, to: &pool)
        expected.removeFirst(count)
      }
      let bytes = copy(queue.pending)
      try #require(bytes == expected)
    }
    let capacity = queue.capacity
    #expect(capacity <= 4096)
  }

  @Test func `a drained queue gives its block to the next stream`() throws {
    let pair = try SocketPair()
    var pool = BlockPool()
    var first = OutputQueue()
    first.append([1].span, from: &pool)
    let block = first.base
    _ = first.flush(to: pair.left.number, pool: &pool)
    let kept = pool.keptBytes
    #expect(kept == BlockPool.smallestBlock && first.base == nil)
    var second = OutputQueue()
    second.append([2].span, from: &pool)
    let again = second.base
    let left = pool.keptBytes
    #expect(again == block && left == 0)
  }

  @Test func `the pool keeps no more than its limit`() {
    var pool = BlockPool(keptLimit: 8192)
    for size in [2048, 4096, 65536, 4096, 2048, 1 << 20] {
      var queue = OutputQueue()
      queue.append(pattern(size).span, from: &pool)
      queue.removeAll(to: &pool)
      let kept = pool.keptBytes
      #expect(kept <= 8192)
    }
    let kept = pool.keptBytes
    #expect(kept > 0)
  }

  @Test func `a closed peer fails the flush without a signal`() throws {
    var pair: [Int32] = [-1, -1]
    #expect(linux_socketpair(linux_stream_type(), &pair) == 0)
    let left = Descriptor(owning: pair[0])
    close(pair[1])
    var pool = BlockPool()
    var queue = OutputQueue()
    queue.append([1].span, from: &pool)
    let result = queue.flush(to: left.number, pool: &pool)
    #expect(result == .failed(EPIPE))
  }

  @Test func `more than the limit breaks the stream instead of the process`() throws {
    let pair = try SocketPair()
    var pool = BlockPool()
    var queue = OutputQueue()
    queue.append([1].span, from: &pool)
    var ran = false
    queue.withOutput(of: OutputQueue.limit, from: &pool) { _ in ran = true }
    let broken = queue.isBroken
    let result = queue.flush(to: pair.left.number, pool: &pool)
    #expect(!ran && broken && result == .failed(ENOBUFS))
  }
}

/// The octets of a span, for comparing.
func copy(_ span: Span<UInt8>) -> [UInt8] {
  var bytes: [UInt8] = []
  for index in span.indices { bytes.append(span[index]) }
  return bytes
}
