import CLinux
import Glibc
import Reactor
import Testing

@testable import Streams

@Suite struct ReceiveBufferTests {
  @Test func `an incomplete tail comes again in front of the next bytes`() throws {
    let pair = try SocketPair()
    var buffer = ReceiveBuffer()
    var tail = TailBuffer()
    #expect(write(pair.right.number, "abcde", 5) == 5)
    var result = buffer.receive(from: pair.left.number, behind: &tail)
    var bytes = copy(buffer.bytes)
    #expect(result == .bytes(5) && bytes == Array("abcde".utf8))
    buffer.finish(consumed: 3, tail: &tail)
    let kept = tail.count
    #expect(kept == 2)
    result = buffer.receive(from: pair.left.number, behind: &tail)
    #expect(result == .wouldBlock)
    #expect(write(pair.right.number, "fg", 2) == 2)
    result = buffer.receive(from: pair.left.number, behind: &tail)
    bytes = copy(buffer.bytes)
    #expect(result == .bytes(2) && bytes == Array("defg".utf8))
    buffer.finish(consumed: 4, tail: &tail)
    let memory = tail.base
    #expect(memory == nil)
  }

  @Test func `two streams share the buffer and not their tails`() throws {
    let first = try SocketPair()
    let second = try SocketPair()
    var buffer = ReceiveBuffer()
    var firstTail = TailBuffer()
    var secondTail = TailBuffer()
    #expect(write(first.right.number, "one", 3) == 3)
    #expect(write(second.right.number, "TWO", 3) == 3)
    _ = buffer.receive(from: first.left.number, behind: &firstTail)
    buffer.finish(consumed: 1, tail: &firstTail)
    _ = buffer.receive(from: second.left.number, behind: &secondTail)
    buffer.finish(consumed: 2, tail: &secondTail)
    #expect(write(first.right.number, "1", 1) == 1)
    _ = buffer.receive(from: first.left.number, behind: &firstTail)
    let bytes = copy(buffer.bytes)
    #expect(bytes == Array("ne1".utf8))
  }

  @Test func `a packet larger than many reads arrives whole`() throws {
    let pair = try SocketPair()
    var buffer = ReceiveBuffer(readLimit: 10_000)
    var tail = TailBuffer()
    let total = 500_000
    let source = pattern(total + 5)
    var written = 0
    var done = false
    while !done {
      written += max(
        0, source[written...].withUnsafeBytes { write(pair.right.number, $0.baseAddress, $0.count) }
      )
      let result = buffer.receive(from: pair.left.number, behind: &tail)
      guard case .bytes(let count) = result else { continue }
      #expect(count <= 10_000)
      let bytes = buffer.bytes.count
      done = bytes >= total
      if done {
        let all = copy(buffer.bytes)
        #expect(all == Array(source[..<bytes]))
      }
      buffer.finish(consumed: done ? total : 0, tail: &tail)
    }
    let kept = tail.count
    #expect(kept <= 5)
    let capacity = tail.capacity
    #expect(capacity <= 2048)
  }

  @Test func `a stream that closes in mid-packet leaves nothing for the next`() throws {
    let pair = try SocketPair()
    var buffer = ReceiveBuffer(readLimit: 20_000)
    var long = TailBuffer()
    let source = pattern(40_000)
    _ = source.withUnsafeBytes { write(pair.right.number, $0.baseAddress, $0.count) }
    _ = buffer.receive(from: pair.left.number, behind: &long)
    buffer.finish(consumed: 0, tail: &long)
    _ = buffer.receive(from: pair.left.number, behind: &long)
    let lent = buffer.bytes.count
    #expect(lent == 40_000)
    var fresh = TailBuffer()
    #expect(write(pair.right.number, "z", 1) == 1)
    let result = buffer.receive(from: pair.left.number, behind: &fresh)
    let bytes = copy(buffer.bytes)
    #expect(result == .bytes(1) && bytes == Array("z".utf8))
  }

  @Test func `the end and a reset both read as closed`() throws {
    var pair: [Int32] = [-1, -1]
    #expect(linux_socketpair(linux_stream_type(), &pair) == 0)
    let left = Descriptor(owning: pair[0])
    close(pair[1])
    var buffer = ReceiveBuffer()
    var tail = TailBuffer()
    let end = buffer.receive(from: left.number, behind: &tail)
    let invalid = buffer.receive(from: -1, behind: &tail)
    #expect(end == .closed && invalid == .failed(EBADF))
  }
}
