import CLinux
import Glibc
import Reactor
import Slabs

/// Room for the datagrams that one system call brings: up to 64 of them, with their senders.
public struct DatagramInbox: ~Copyable {
  /// How many datagrams one batch holds at most.
  public static var capacity: Int { MessageSlots.capacity }

  /// The longest datagram that is taken, in octets.
  public let datagramSize: Int
  /// How many datagrams were dropped because they were longer than `datagramSize`.
  public private(set) var truncatedCount: UInt64 = 0
  /// How many datagrams the last `receive` brought.
  public private(set) var count = 0

  private let slots: MessageSlots
  private let memory: OwnedMemory
  /// How many slots the system has written to since they were prepared.
  private var usedSlots = MessageSlots.capacity
  /// The slots of the batch's datagrams, without those that were dropped.
  private var whole = InlineArray<64, UInt8>(repeating: 0)

  /// Room for datagrams of up to `datagramSize` octets.
  public init(datagramSize: Int = 2048) {
    self.datagramSize = max(datagramSize, 1)
    slots = MessageSlots()
    memory = OwnedMemory(byteCount: MessageSlots.capacity * self.datagramSize)
  }

  /// Takes the datagrams that wait at the socket `number`, 64 at most, and tells how many; nothing
  /// when the system refuses, and `errno` tells why.
  public mutating func receive(from number: Int32) -> Int? {
    count = 0
    for index in 0..<usedSlots {
      slots.prepareReceiving(index, into: memory.room(index * datagramSize, datagramSize))
    }
    usedSlots = 1
    let received = linux_receive_messages(number, slots.messages, UInt32(MessageSlots.capacity))
    guard received >= 0 else { return isHarmless(errno) ? 0 : nil }
    usedSlots = Int(received)
    for index in 0..<usedSlots { sortOut(index) }
    return count
  }

  private func isHarmless(_ code: Int32) -> Bool {
    code == EAGAIN || code == EINTR || code == ECONNREFUSED
  }

  private mutating func sortOut(_ index: Int) {
    if slots.wholeLength(index) == nil {
      truncatedCount += 1
    } else {
      whole[count] = UInt8(truncatingIfNeeded: index)
      count += 1
    }
  }

  /// The datagram at `index` (0..<`count`); traps outside.
  @_lifetime(borrow self)
  public func datagram(at index: Int) -> Span<UInt8> {
    let slot = slot(index)
    let bytes = memory.room(slot * datagramSize, slots.wholeLength(slot) ?? 0)
    let span = Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(bytes))
    return _overrideLifetime(span, borrowing: self)
  }

  /// Where the datagram at `index` (0..<`count`) came from; traps outside.
  public func peer(at index: Int) -> SocketAddress { slots.peer(slot(index)) ?? .unix }

  /// Sends every datagram of the batch back to where it came from, by as few system calls as can
  /// be, through the socket `number`. Tells how many the system took.
  public func sendBack(through number: Int32) -> Int {
    for index in 0..<usedSlots { slots.prepareSendingBack(index) }
    var next = 0
    while next < usedSlots {
      let sent = linux_send_messages(number, slots.messages + next, UInt32(usedSlots - next))
      if sent <= 0 { break }
      next += Int(sent)
    }
    return next
  }

  private func slot(_ index: Int) -> Int {
    precondition(index >= 0 && index < count)
    return Int(whole[index])
  }
}
