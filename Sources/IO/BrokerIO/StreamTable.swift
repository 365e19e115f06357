import MQTTLink
import MQTTTerms
import SessionLink
import Slabs
import Streams

/// All connections and their output: where packets are written, and who is to be flushed.
struct StreamTable: ~Copyable {
  var slots = SlotTable<Stream>()
  var pool = BlockPool()
  /// Packets written.
  var packetCount: UInt64 = 0
  /// Those with output since the last flush, each once.
  var dirty = Slab<SlotID>()

  /// Encodes a delivery straight into its one recipient's output.
  mutating func deliver(
    _ message: MessageID, to recipient: Recipient, _ index: Int,
    from messages: borrowing MessageStore
  ) {
    let isFirst = slots[index].deliver(message, to: recipient, from: messages, &pool)
    packetCount &+= 1
    if isFirst { markDirty(index) }
  }

  /// Copies the message's image and puts the recipient's Packet Identifier into the copy.
  mutating func deliver(
    _ message: MessageID, to recipient: Recipient, _ index: Int,
    from messages: borrowing MessageStore, image: inout PublishImage
  ) {
    let isFirst = slots[index].deliver(message, to: recipient, from: messages, &image, &pool)
    packetCount &+= 1
    if isFirst { markDirty(index) }
  }

  /// Appends a SUBACK.
  mutating func answer(
    _ index: Int, subscribed packetID: PacketIdentifier, _ codes: IndexRange,
    of commands: borrowing CommandQueue
  ) {
    let version = slots[index].connection.version
    let granted = commands.codes.span.extracting(Int(codes.start)..<Int(codes.end))
    let size = OutboundPackets.answerSize + granted.count
    slots[index].output.withOutput(of: size, from: &pool) { output in
      try? OutboundPackets.encodeSubscribed(packetID, granted, version, into: &output)
    }
    packetCount &+= 1
    markDirty(index)
  }

  /// Appends a short packet to a stream's output.
  mutating func answer(_ index: Int, _ encode: (inout OutputRawSpan) -> Void) {
    slots[index].output.withOutput(of: OutboundPackets.answerSize, from: &pool, encode)
    packetCount &+= 1
    markDirty(index)
  }

  mutating func markDirty(_ index: Int) {
    guard !slots[index].isDirty, let id = slots.id(at: index) else { return }
    slots[index].isDirty = true
    dirty.append(id)
  }
}
