import CLinux
import Glibc
import Reactor

/// What recvmmsg and sendmmsg want for one batch: headers, vectors and rooms for addresses.
struct MessageSlots: ~Copyable {
  /// How many datagrams go with one system call.
  static var capacity: Int { 64 }

  let messages: UnsafeMutablePointer<linux_message>
  private let vectors: UnsafeMutablePointer<iovec>
  private let addresses: UnsafeMutablePointer<sockaddr_in6>

  init() {
    messages = .allocate(capacity: MessageSlots.capacity)
    messages.initialize(repeating: linux_message(), count: MessageSlots.capacity)
    vectors = .allocate(capacity: MessageSlots.capacity)
    vectors.initialize(repeating: iovec(), count: MessageSlots.capacity)
    addresses = .allocate(capacity: MessageSlots.capacity)
    addresses.initialize(repeating: sockaddr_in6(), count: MessageSlots.capacity)
  }

  deinit {
    messages.deallocate()
    vectors.deallocate()
    addresses.deallocate()
  }

  /// Makes the slot at `index` ready to receive into `room`.
  func prepareReceiving(_ index: Int, into room: UnsafeMutableRawBufferPointer) {
    linux_message_set(
      messages, vectors, Int32(index), room.baseAddress, room.count, addresses + index,
      socklen_t(SocketAddress.systemSize))
  }

  /// Makes the slot at `index` ready to send `bytes` to `peer`.
  func prepareSending(_ index: Int, _ bytes: UnsafeMutableRawBufferPointer, to peer: SocketAddress)
  {
    let length = peer.write(system: addresses + index)
    linux_message_set(
      messages, vectors, Int32(index), bytes.baseAddress, bytes.count, addresses + index, length)
  }

  /// Makes the slot at `index`, with the datagram that was received, ready to send it back.
  func prepareSendingBack(_ index: Int) { linux_message_return(messages, Int32(index)) }

  /// Where the datagram in the slot at `index` came from.
  func peer(_ index: Int) -> SocketAddress? {
    SocketAddress(system: addresses + index, length: Int(messages[index].header.msg_namelen))
  }

  /// The length of the datagram in the slot at `index`, or nothing when its end was cut off.
  func wholeLength(_ index: Int) -> Int? {
    linux_is_truncated(messages, Int32(index)) != 0 ? nil : Int(messages[index].count)
  }
}
