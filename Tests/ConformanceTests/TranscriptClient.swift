import Glibc
import Reactor
import Streams

/// The client's side of a connection: octets out, packets in.
final class TranscriptClient {
  private let descriptor: Descriptor
  let version: Version
  /// Octets that wait to be sent.
  private var held: [UInt8] = []
  /// Octets that were read and not taken.
  private(set) var received: [UInt8] = []
  /// Whether the server has closed the connection.
  private(set) var isClosed = false
  /// Whether nobody wonders that the connection is closed.
  var expectsClose = false

  init(to address: SocketAddress, _ version: Version) throws {
    descriptor = try TCPStream.connect(to: address)
    TCPStream.setNoDelay(descriptor.number)
    self.version = version
  }

  func hold(_ bytes: [UInt8]) { held += bytes }

  /// Sends what is held, as much as there is room for; the number of octets.
  func send() -> Int {
    guard !held.isEmpty, !isClosed else { return 0 }
    let sent = max(0, Glibc.send(descriptor.number, held, held.count, Int32(MSG_NOSIGNAL)))
    held.removeFirst(sent)
    return sent
  }

  /// Reads all that is there; the number of octets.
  func read() -> Int {
    var total = 0
    var room = [UInt8](repeating: 0, count: 4096)
    while !isClosed {
      let result = room.withUnsafeMutableBytes { TCPStream.read(descriptor.number, into: $0) }
      switch result {
      case .bytes(let count):
        received += room[..<count]
        total += count
      case .wouldBlock: return total
      case .closed, .failed: isClosed = true
      }
    }
    return total
  }

  /// Takes the next packet out of what was read; nil without a whole one.
  func nextPacket() throws -> Packet? {
    guard let size = try Packet.size(received[...]), size <= received.count else { return nil }
    let packet = try Packet(decoding: received[..<size], version)
    received.removeFirst(size)
    return packet
  }
}
