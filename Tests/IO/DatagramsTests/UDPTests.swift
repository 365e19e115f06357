import Glibc
import Reactor
import Testing

@testable import Datagrams

/// Waits until `number` is readable.
func awaitReadable(_ number: Int32) throws {
  var reactor = try Reactor()
  try reactor.add(number, token: 0, interest: .readable)
  try reactor.wait(timeoutMilliseconds: 5000)
  try #require(reactor.eventCount == 1)
}

/// The octets of a span, for comparing.
func copy(_ span: Span<UInt8>) -> [UInt8] {
  var bytes: [UInt8] = []
  for index in span.indices { bytes.append(span[index]) }
  return bytes
}

struct Refused: Error {}

@Suite struct UDPTests {
  let loopback = SocketAddress.ipv4(127, 0, 0, 1, port: 0)

  @Test(arguments: ["127.0.0.1", "::1"])
  func `a datagram arrives with its sender's address`(host: String) throws {
    let any = try #require(try SocketAddress.resolve(host: host, port: 0).first)
    guard any.family == .ipv4 || (try? UDPSocket(address: any)) != nil else {
      try Test.cancel("no IPv6 here")
    }
    let sender = try UDPSocket(address: any)
    var receiver = try UDPSocket(address: any)
    var batch = DatagramBatch()
    batch.append([1, 2, 3].span, to: receiver.localAddress)
    batch.flush(to: sender.number)
    try awaitReadable(receiver.number)
    let count = try receiver.receiveBatch()
    try #require(count == 1)
    let bytes = copy(receiver.datagram(at: 0))
    let peer = receiver.peer(at: 0)
    let expected = sender.localAddress
    #expect(bytes == [1, 2, 3] && peer == expected && peer.port != 0)
  }

  @Test func `two hundred datagrams arrive in order, in batches of sixty-four`() throws {
    let sender = try UDPSocket(address: loopback)
    var receiver = try UDPSocket(address: loopback)
    receiver.setReceiveBuffer(byteCount: 1 << 20)
    var batch = DatagramBatch()
    for number in 0..<200 {
      batch.withOutput(of: 300, to: receiver.localAddress) { output in
        for _ in 0...number { output.append(UInt8(number)) }
      }
    }
    let queued = batch.count
    batch.flush(to: sender.number)
    let left = batch.count
    let dropped = batch.droppedCount
    #expect(queued == 200 && left == 0 && dropped == 0)
    var sizes: [Int] = []
    var seen = 0
    while seen < 200 {
      try awaitReadable(receiver.number)
      let count = try receiver.receiveBatch()
      for index in 0..<count {
        let bytes = copy(receiver.datagram(at: index))
        try #require(bytes == [UInt8](repeating: UInt8(seen), count: seen + 1))
        let isFromSender = receiver.peer(at: index) == sender.localAddress
        try #require(isFromSender)
        seen += 1
      }
      sizes.append(count)
    }
    #expect(sizes == [64, 64, 64, 8])
    let none = try receiver.receiveBatch()
    #expect(none == 0)
  }

  @Test func `a datagram that is too long is dropped and counted, its neighbours are not`() throws {
    let sender = try UDPSocket(address: loopback)
    var receiver = try UDPSocket(address: loopback, datagramSize: 16)
    var batch = DatagramBatch()
    for size in [16, 17, 0, 400, 1] {
      batch.append([UInt8](repeating: 7, count: size).span, to: receiver.localAddress)
    }
    batch.flush(to: sender.number)
    try awaitReadable(receiver.number)
    let count = try receiver.receiveBatch()
    var sizes: [Int] = []
    for index in 0..<count { sizes.append(receiver.datagram(at: index).count) }
    let truncated = receiver.truncatedCount
    #expect(sizes == [16, 0, 1] && truncated == 2)
  }

  @Test func `a datagram that the system refuses does not stop the others`() throws {
    let sender = try UDPSocket(address: loopback)
    var receiver = try UDPSocket(address: loopback)
    var batch = DatagramBatch()
    let tooLong = [UInt8](repeating: 0, count: 65_536)
    batch.append([1].span, to: receiver.localAddress)
    batch.append(tooLong.span, to: receiver.localAddress)
    batch.append([2].span, to: .ipv6Loopback(port: 9))
    batch.append([3].span, to: receiver.localAddress)
    batch.flush(to: sender.number)
    let dropped = batch.droppedCount
    let failure = batch.lastFailure
    #expect(dropped == 2 && failure == EAFNOSUPPORT)
    try awaitReadable(receiver.number)
    let count = try receiver.receiveBatch()
    var first: [UInt8] = []
    for index in 0..<count { first.append(receiver.datagram(at: index)[0]) }
    #expect(first == [1, 3])
  }

  @Test func `a writer that fails or a full batch leaves no datagram`() throws {
    var batch = DatagramBatch(byteLimit: 100)
    do throws(Refused) {
      try batch.withOutput(of: 50, to: loopback) { output throws(Refused) in
        output.append(UInt8(1))
        throw Refused()
      }
    } catch {}
    let none = batch.isEmpty
    #expect(none)
    batch.append([UInt8](repeating: 1, count: 60).span, to: loopback)
    batch.append([UInt8](repeating: 2, count: 60).span, to: loopback)
    let count = batch.count
    let dropped = batch.droppedCount
    #expect(count == 1 && dropped == 1)
  }

  @Test func `a flood of empty datagrams is bounded too`() {
    var batch = DatagramBatch(byteLimit: 1024)
    let nothing: [UInt8] = []
    for _ in 0..<1000 { batch.append(nothing.span, to: loopback) }
    let count = batch.count
    let dropped = batch.droppedCount
    #expect(count == 64 && dropped == 936)
  }

  @Test func `a taken port says which and why`() throws {
    let first = try UDPSocket(address: loopback)
    let address = first.localAddress
    var failure: SystemError?
    do throws(SystemError) {
      _ = try UDPSocket(address: address)
    } catch {
      failure = error
    }
    #expect(failure?.description == "bind UDP to \(address): Address already in use")
  }

  @Test func `a member of a group hears what is sent to it`() throws {
    let localhost = SocketAddress.ipv4(127, 0, 0, 1, port: 0)
    var member = try UDPSocket(address: .ipv4(0, 0, 0, 0, port: 0), sharesPort: true)
    var group = SocketAddress.ipv4(225, 18, 18, 18, port: 0)
    group.port = member.localAddress.port
    try member.join(group, on: localhost)
    try member.setMulticastHops(1)
    var batch = DatagramBatch()
    batch.append([5].span, to: group)
    batch.flush(to: member.number)
    let dropped = batch.droppedCount
    try #require(dropped == 0)
    try awaitReadable(member.number)
    let count = try member.receiveBatch()
    let octet = member.datagram(at: 0)[0]
    #expect(count == 1 && octet == 5)
  }

  @Test func `a socket of every interface shares its port with a group for a moment`() throws {
    let first = try UDPSocket(address: .ipv4(0, 0, 0, 0, port: 0))
    let group = SocketAddress.ipv4(225, 18, 18, 19, port: first.localAddress.port)
    #expect(throws: SystemError.self) { _ = try UDPSocket(address: group, sharesPort: true) }
    first.setSharesPort(true)
    let member = try UDPSocket(address: group, sharesPort: true)
    first.setSharesPort(false)
    #expect(member.localAddress == group)
    #expect(throws: SystemError.self) { _ = try UDPSocket(address: group, sharesPort: true) }
  }

  @Test func `joining what is no group says so`() throws {
    let socket = try UDPSocket(address: loopback)
    var failure: SystemError?
    do throws(SystemError) {
      try socket.join(loopback)
    } catch {
      failure = error
    }
    #expect(failure?.description == "join the group 127.0.0.1: Invalid argument")
  }
}
