import Glibc
import Reactor
import Streams

/// A broker of one connection that says what the test says, on a real socket of this machine.
struct ScriptedBroker: ~Copyable {
  private var listener: TCPListener
  private var peer: AcceptedStream?

  init() throws {
    listener = try TCPListener(address: .ipv4(127, 0, 0, 1, port: 0))
  }

  /// On a Unix socket, where little waits in the system for somebody who does not read.
  init(unixPath: String) throws { listener = try TCPListener(unixPath: unixPath) }

  var port: UInt16 { listener.localPort }

  /// Takes the connection that waits.
  mutating func accept() throws {
    peer = nil
    try wait(for: listener.number)
    peer = try listener.accept()
  }

  /// Waits for `count` octets and gives them; fewer where the client has closed.
  mutating func read(_ count: Int) throws -> [UInt8] {
    guard let number = peer?.descriptor.number else { return [] }
    var octets: [UInt8] = []
    while octets.count < count {
      var piece = [UInt8](repeating: 0, count: count - octets.count)
      try wait(for: number)
      let result = piece.withUnsafeMutableBytes { TCPStream.read(number, into: $0) }
      switch result {
      case .bytes(let size): octets += piece[..<size]
      case .wouldBlock: continue
      case .closed, .failed: return octets
      }
    }
    return octets
  }

  /// Sends these octets.
  mutating func send(_ octets: [UInt8]) {
    guard let number = peer?.descriptor.number else { return }
    _ = octets.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
  }

  /// Sends as many of these octets as the client has room for; how many.
  mutating func sendSome(_ octets: ArraySlice<UInt8>) -> Int {
    guard let number = peer?.descriptor.number else { return 0 }
    return max(octets.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }, 0)
  }

  /// Closes the connection.
  mutating func hangUp() { peer = nil }

  private func wait(for number: Int32) throws {
    var reactor = try Reactor()
    try reactor.add(number, token: 0, interest: .readable)
    try reactor.wait(timeoutMilliseconds: 10_000)
  }
}
