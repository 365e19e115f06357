import Datagrams
import Reactor

/// A gateway of one node that says what the test says, on a real socket of this machine. Messages
/// are written in hex.
struct ScriptedGateway: ~Copyable {
  private var socket: UDPSocket
  private var node: SocketAddress?
  private var received: [String] = []

  init() throws { socket = try UDPSocket(address: .ipv4(127, 0, 0, 1, port: 0)) }

  var port: UInt16 { socket.localAddress.port }

  /// Waits for the next message.
  mutating func receive() throws -> String {
    if received.isEmpty {
      var reactor = try Reactor()
      try reactor.add(socket.number, token: 0, interest: .readable)
      try reactor.wait(timeoutMilliseconds: 10_000)
      for index in 0..<(try socket.receiveBatch()) {
        node = socket.peer(at: index)
        let octets = socket.datagram(at: index)
        received.append(octets.indices.map { hexadecimal(octets[$0]) }.joined(separator: " "))
      }
    }
    return received.isEmpty ? "nothing" : received.removeFirst()
  }

  /// Sends messages to whom the last one came from.
  func send(_ messages: String...) {
    guard let node else { return }
    var batch = DatagramBatch()
    for message in messages {
      let octets = message.split(separator: " ").compactMap { UInt8($0, radix: 16) }
      batch.append(octets.span, to: node)
    }
    batch.flush(to: socket.number)
  }

  /// Sends a message to whom the last one of another came from.
  func send(_ message: String, toTheNodeOf other: borrowing ScriptedGateway) {
    guard let node = other.node else { return }
    let octets = message.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    var batch = DatagramBatch()
    batch.append(octets.span, to: node)
    batch.flush(to: socket.number)
  }

  private func hexadecimal(_ octet: UInt8) -> String {
    (octet < 16 ? "0" : "") + String(octet, radix: 16, uppercase: true)
  }
}
