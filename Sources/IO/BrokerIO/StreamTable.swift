import BrokerCore
import MQTTCodec
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
  /// Room for a packet's own properties.
  private var scratch = Slab<UInt8>()

  /// Encodes a delivery straight into its one recipient's output; false when the peer takes no such
  /// packet.
  @inline(__always)
  mutating func deliver(
    _ message: MessageID, to recipient: Recipient, _ index: Int,
    from messages: borrowing MessageStore, _ commands: borrowing CommandQueue, at now: LinkTime
  ) -> Bool {
    // [MQTT5-3.14.4-1] nothing behind the last word.
    if slots[index].isDoomed { return true }
    if slots[index].connection.isMounted {
      let identifiers = commands.furtherIdentifiers(of: recipient)
      return note(
        slots[index].deliverMounted(
          message, to: recipient, identifiers, from: messages, at: now, &pool, scratch: &scratch),
        index)
    }
    if slots[index].connection.version == .mqtt50 {
      let stored = StoredMessage(message, of: messages, at: now)
      return note(
        slots[index].deliver5(
          stored, to: recipient, commands.furtherIdentifiers(of: recipient), &pool,
          scratch: &scratch), index)
    }
    return note(slots[index].deliver(message, to: recipient, from: messages, &pool), index)
  }

  /// Copies the message's image and puts the recipient's Packet Identifier into the copy; false as
  /// above.
  @inline(__always)
  mutating func deliver(
    _ message: MessageID, to recipient: Recipient, _ index: Int,
    from messages: borrowing MessageStore, _ commands: borrowing CommandQueue, at now: LinkTime,
    image: inout PublishImage
  ) -> Bool {
    // [MQTT5-3.14.4-1]
    if slots[index].isDoomed { return true }
    if slots[index].connection.isMounted {
      return deliver(message, to: recipient, index, from: messages, commands, at: now)
    }
    guard slots[index].connection.version == .mqtt50 else {
      return note(
        slots[index].deliver(message, to: recipient, from: messages, &image, &pool), index)
    }
    if slots[index].connection.usesTopicAliases {
      return deliver(message, to: recipient, index, from: messages, commands, at: now)
    }
    let stored = StoredMessage(message, of: messages, at: now)
    let identifiers = commands.furtherIdentifiers(of: recipient)
    return note(slots[index].deliver5(stored, to: recipient, identifiers, &image, &pool), index)
  }

  @inline(__always)
  private mutating func note(_ delivered: Delivered, _ index: Int) -> Bool {
    if delivered == .discarded { return false }
    packetCount &+= 1
    if delivered == .first { markDirty(index) }
    return true
  }

  /// Appends a SUBACK or UNSUBACK; false when the peer takes no such packet.
  mutating func answer(
    _ index: Int, _ packetID: PacketIdentifier, _ codes: IndexRange,
    of commands: borrowing CommandQueue, isUnsubscribe: Bool
  ) -> Bool {
    let version = slots[index].connection.version
    let told = commands.codes.span.extracting(Int(codes.start)..<Int(codes.end))
    let size = OutboundPackets.answerSize + told.count
    return answer(index, room: size) { _, output in
      if isUnsubscribe {
        try? OutboundPackets.encodeUnsubscribed(packetID, told, version, into: &output)
      } else {
        try? OutboundPackets.encodeSubscribed(packetID, told, version, into: &output)
      }
    }
  }

  /// Appends the CONNACK that opens a session; false as above.
  mutating func greet(
    _ index: Int, _ link: LinkID, _ opening: Opening, _ broker: borrowing Broker,
    _ octets: borrowing Slab<UInt8>
  ) -> Bool {
    let range = opening.authenticationData
    let data = octets.span.extracting(Int(range.start)..<Int(range.end))
    let name = broker.clientIdentifier(of: link)
    let assigned = name.extracting(0..<(opening.isIdentifierAssigned ? name.count : 0))
    let room = slots[index].connection.greetingRoom(assignedID: assigned, data: data)
    return answer(index, room: room) { connection, output in
      try? connection.encodeOpened(
        isSessionPresent: opening.isSessionPresent, assignedID: assigned, data: data, into: &output)
    }
  }

  /// Appends an AUTH; false as above.
  mutating func challenge(
    _ index: Int, _ isDone: Bool, _ range: IndexRange, of octets: borrowing Slab<UInt8>
  ) -> Bool {
    let data = octets.span.extracting(Int(range.start)..<Int(range.end))
    let room = slots[index].connection.greetingRoom(assignedID: Span(), data: data)
    return answer(index, room: room) { connection, output in
      try? connection.encodeChallenge(isDone: isDone, data: data, into: &output)
    }
  }

  /// Appends a short packet to a stream's output, if there is one to be written; false when it is
  /// larger than the peer takes [MQTT5-3.1.2-24].
  @discardableResult
  mutating func answer(
    _ index: Int, room: Int = OutboundPackets.answerSize,
    _ encode: (borrowing Connection, inout OutputRawSpan) -> Void
  ) -> Bool {
    // [MQTT5-3.14.4-1]
    if slots[index].isDoomed { return true }
    guard slots[index].answer(room, from: &pool, encode) else { return false }
    packetCount &+= 1
    markDirty(index)
    return true
  }

  mutating func markDirty(_ index: Int) {
    guard !slots[index].isDirty, let id = slots.id(at: index) else { return }
    slots[index].isDirty = true
    dirty.append(id)
  }
}

/// The peer does not take a packet of that size.
private struct PacketTooLarge: Error {}

extension Stream {
  @inline(__always)
  fileprivate mutating func answer(
    _ room: Int, from pool: inout BlockPool,
    _ encode: (borrowing Connection, inout OutputRawSpan) -> Void
  ) -> Bool {
    let maximum = Int(connection.maximumPacketSize)
    do throws(PacketTooLarge) {
      try output.withOutput(of: room, from: &pool) { (output) throws(PacketTooLarge) in
        encode(connection, &output)
        if output.byteCount > maximum { throw PacketTooLarge() }
      }
    } catch {
      return false
    }
    return true
  }
}
