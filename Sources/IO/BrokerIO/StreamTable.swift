import MQTTLink
import MQTTTerms
import SessionLink
import Slabs
import Streams

/// All connections and their output: where packets are written, and who is to be flushed.
struct StreamTable: ~Copyable {
  var slots = SlotTable<Stream>()
  var pool = BlockPool()
  /// Those with output since the last flush, each once.
  var dirty = Slab<SlotID>()

  /// Encodes a delivery straight into its one recipient's output.
  mutating func deliver(
    _ message: MessageID, to recipient: Recipient, _ index: Int,
    from messages: borrowing MessageStore
  ) {
    let version = slots[index].connection.version
    let topic = messages.topic(of: message)
    let payload = messages.payload(of: message)
    let size = OutboundPackets.deliverySize(topic: topic, payload: payload, to: recipient, version)
    slots[index].output.withOutput(of: size, from: &pool) { output in
      try? OutboundPackets.encodeDelivery(
        topic: topic, payload: payload, to: recipient, version, into: &output)
    }
    markDirty(index)
  }

  /// Copies the message's image and puts the recipient's Packet Identifier into the copy.
  mutating func deliver(
    _ message: MessageID, to recipient: Recipient, _ index: Int,
    from messages: borrowing MessageStore, image: inout PublishImage
  ) {
    let version = slots[index].connection.version
    do {
      try image.prepare(
        topic: messages.topic(of: message), payload: messages.payload(of: message),
        for: recipient, version: version)
    } catch {
      // A topic of the store always fits a PUBLISH.
      return
    }
    let start = slots[index].output.pendingCount
    slots[index].output.append(image.bytes, from: &pool)
    if let offset = image.packetIDOffset {
      slots[index].output.patch(bigEndian: recipient.packetID.rawValue, at: start + offset)
    }
    markDirty(index)
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
    markDirty(index)
  }

  /// Appends a short packet to a stream's output.
  mutating func answer(_ index: Int, _ encode: (inout OutputRawSpan) -> Void) {
    slots[index].output.withOutput(of: OutboundPackets.answerSize, from: &pool, encode)
    markDirty(index)
  }

  mutating func markDirty(_ index: Int) {
    guard !slots[index].isDirty, let id = slots.id(at: index) else { return }
    slots[index].isDirty = true
    dirty.append(id)
  }
}
