import CLinux
import Glibc
import Reactor

/// A UDP socket with one peer, as a client has it: small enough for thousands of them. It receives
/// with a `DatagramInbox` and sends with a `DatagramBatch` that all may share; datagrams of the batch
/// for `.unix`, an address without a name, go to the peer.
public struct ConnectedSocket: ~Copyable {
  private let descriptor: Descriptor

  /// A socket at a port that the kernel chooses, for `peer` alone.
  public init(to peer: SocketAddress) throws(SystemError) {
    let number = linux_socket(peer.systemFamily, linux_datagram_type())
    guard number >= 0 else { throw .last("open a UDP socket for \(peer)") }
    let opened = Descriptor(owning: number)
    let status = peer.withSystemForm { linux_connect(number, $0, $1) }
    guard status == 0 else { throw .last("connect UDP to \(peer)") }
    descriptor = opened
  }

  /// The descriptor to watch for reading.
  public var number: Int32 { descriptor.number }
}
