import CLinux
import Glibc
import Reactor
import Testing

@testable import Streams

@Suite struct ListeningTests {
  /// A connected pair over loopback TCP.
  struct Connected: ~Copyable {
    var listener: TCPListener
    let client: Descriptor
    let accepted: AcceptedStream
  }

  func connected(_ address: SocketAddress) throws -> Connected {
    var listener = try TCPListener(address: address)
    let client = try TCPStream.connect(to: listener.localAddress)
    var reactor = try Reactor()
    try reactor.add(listener.number, token: 0, interest: .readable)
    try reactor.wait(timeoutMilliseconds: 5000)
    guard let accepted = try listener.accept() else { throw Refused() }
    return Connected(listener: listener, client: client, accepted: accepted)
  }

  @Test func `a client connects to a port that the kernel chose`() throws {
    let pair = try connected(.ipv4(127, 0, 0, 1, port: 0))
    let port = pair.listener.localPort
    let peer = pair.accepted.peer
    let own = SocketAddress(localOf: pair.client.number)
    #expect(port != 0 && peer == own && peer.isLoopback)
    let failure = TCPStream.connectFailure(pair.client.number, to: peer)
    #expect(failure == nil)
    TCPStream.setNoDelay(pair.accepted.descriptor.number)
    #expect(write(pair.accepted.descriptor.number, "hello", 5) == 5)
    var reactor = try Reactor()
    try reactor.add(pair.client.number, token: 0, interest: .readable)
    try reactor.wait(timeoutMilliseconds: 5000)
    #expect(readAll(pair.client.number) == Array("hello".utf8))
    TCPStream.finishSending(pair.client.number)
  }

  @Test func `IPv6 listens beside IPv4 on the same port`() throws {
    let four = try TCPListener(address: .ipv4(0, 0, 0, 0, port: 0))
    let port = four.localPort
    let any = try #require(try SocketAddress.resolve(host: "::", port: port).first)
    let six = try TCPListener(address: any)
    let same = six.localPort
    #expect(same == port)
  }

  @Test func `an empty queue of connections is nothing and no error`() throws {
    var listener = try TCPListener(address: .ipv4(127, 0, 0, 1, port: 0))
    let none = try listener.accept() == nil
    #expect(none)
  }

  @Test func `a taken port says which and why`() throws {
    let first = try TCPListener(address: .ipv4(127, 0, 0, 1, port: 0))
    let address = first.localAddress
    var failure: SystemError?
    do throws(SystemError) {
      _ = try TCPListener(address: address)
    } catch {
      failure = error
    }
    #expect(failure?.code == EADDRINUSE)
    #expect(failure?.description == "listen on \(address): Address already in use")
  }

  @Test func `a refused connection says why`() throws {
    let address: SocketAddress
    do {
      let gone = try TCPListener(address: .ipv4(127, 0, 0, 1, port: 0))
      address = gone.localAddress
    }
    let client = try TCPStream.connect(to: address)
    var reactor = try Reactor()
    try reactor.add(client.number, token: 0, interest: .writable)
    try reactor.wait(timeoutMilliseconds: 5000)
    let failure = TCPStream.connectFailure(client.number, to: address)
    #expect(failure?.description == "connect to \(address): Connection refused")
  }

  @Test func `without descriptors a connection is closed and the next ones work`() async {
    await #expect(processExitsWith: .success) {
      var listener = try TCPListener(address: .ipv4(127, 0, 0, 1, port: 0))
      let client = try TCPStream.connect(to: listener.localAddress)
      var reactor = try Reactor()
      try reactor.add(client.number, token: 0, interest: .readable)
      var limit = rlimit(rlim_cur: 64, rlim_max: 64)
      try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
      var filling: [Int32] = []
      while let last = Optional(open("/dev/null", O_RDONLY)), last >= 0 { filling.append(last) }
      let none = try listener.accept() == nil
      let refused = listener.refusedCount
      try #require(none && refused == 1)
      try reactor.wait(timeoutMilliseconds: 5000)
      var octet: UInt8 = 0
      let result = withUnsafeMutableBytes(of: &octet) { TCPStream.read(client.number, into: $0) }
      try #require(result == .closed)
      for number in filling { close(number) }
      let second = try TCPStream.connect(to: listener.localAddress)
      let accepted = try listener.accept() != nil
      try #require(accepted && second.number >= 0)
    }
  }
}
