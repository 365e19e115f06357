import MQTTLink
import MQTTTerms
import SessionLink
import Slabs
import Streams

/// What became of a delivery.
enum Delivered {
  /// It stands in the output, first since the flush.
  case first
  /// It stands in the output behind others.
  case behind
  /// The peer takes no such packet.
  case discarded
}

// Deliveries of the version that the peer speaks.
extension Stream {
  private var delivered: Delivered { isDirty ? .behind : .first }

  /// Encodes a delivery straight into the output.
  @inline(__always)
  mutating func deliver(
    _ message: MessageID, to recipient: Recipient, from messages: borrowing MessageStore,
    _ pool: inout BlockPool
  ) -> Delivered {
    deliver(messages.topic(of: message), messages.payload(of: message), to: recipient, &pool)
  }

  @inline(__always)
  private mutating func deliver(
    _ topic: Span<UInt8>, _ payload: Span<UInt8>, to recipient: Recipient, _ pool: inout BlockPool
  ) -> Delivered {
    let version = connection.version
    let room = Connection.deliveryRoom(topic: topic, payload: payload)
    output.withOutput(of: room, from: &pool) { output in
      try? Connection.encodeDelivery(
        topic: topic, payload: payload, to: recipient, version, into: &output)
    }
    return delivered
  }

  /// The same for 5.0.
  @inline(never)
  mutating func deliver5(
    _ message: borrowing StoredMessage, to recipient: Recipient, _ identifiers: Span<UInt32>,
    _ pool: inout BlockPool, scratch: inout Slab<UInt8>
  ) -> Delivered {
    let room = Connection.deliveryRoom(of: message, identifiers: identifiers)
    let before = output.pendingCount
    output.withOutput(of: room, from: &pool) { output in
      // A topic of the store always fits a PUBLISH.
      _ = try? connection.encodeDelivery5(
        message, to: recipient, identifiers: identifiers, scratch: &scratch, into: &output)
    }
    // A broken output takes nothing either, but the message is not done with: the stream ends.
    return output.pendingCount == before && !output.isBroken ? .discarded : delivered
  }

  /// The same for a peer below a mount point, of any version.
  @inline(never)
  mutating func deliverMounted(
    _ message: MessageID, to recipient: Recipient, _ identifiers: Span<UInt32>,
    from messages: borrowing MessageStore, at now: LinkTime, _ pool: inout BlockPool,
    scratch: inout Slab<UInt8>
  ) -> Delivered {
    guard connection.sees(messages.topic(of: message)) else { return .discarded }
    let stored = StoredMessage(
      message, of: messages, at: now, skipping: connection.mountCount)
    if connection.version == .mqtt50 {
      return deliver5(stored, to: recipient, identifiers, &pool, scratch: &scratch)
    }
    return deliver(stored.topic, stored.payload, to: recipient, &pool)
  }

  /// Copies the message's image, with the recipient's Packet Identifier.
  @inline(__always)
  mutating func deliver(
    _ message: MessageID, to recipient: Recipient, from messages: borrowing MessageStore,
    _ image: inout PublishImage, _ pool: inout BlockPool
  ) -> Delivered {
    let version = connection.version
    if !image.fits(recipient, version) {
      // A topic of the store always fits a PUBLISH.
      try? image.prepare(
        topic: messages.topic(of: message), payload: messages.payload(of: message),
        for: recipient, version: version)
    }
    return copy(image, recipient, &pool)
  }

  /// The same for 5.0.
  @inline(never)
  mutating func deliver5(
    _ message: borrowing StoredMessage, to recipient: Recipient, _ identifiers: Span<UInt32>,
    _ image: inout PublishImage, _ pool: inout BlockPool
  ) -> Delivered {
    let maximumSize = connection.maximumPacketSize
    let fits = try? image.prepare5(
      message, for: recipient, identifiers: identifiers, maximumSize: maximumSize)
    return fits == true ? copy(image, recipient, &pool) : .discarded
  }

  @inline(__always)
  private mutating func copy(
    _ image: borrowing PublishImage, _ recipient: Recipient, _ pool: inout BlockPool
  ) -> Delivered {
    let start = output.pendingCount
    output.append(image.bytes, from: &pool)
    if let offset = image.packetIDOffset {
      output.patch(bigEndian: recipient.packetID.rawValue, at: start + offset)
    }
    return delivered
  }
}

extension CommandQueue {
  /// The run of Subscription Identifiers that a recipient names; empty where it names none or one.
  @_lifetime(borrow self)
  func furtherIdentifiers(of recipient: Recipient) -> Span<UInt32> {
    guard let run = recipient.identifiers.run else { return Span() }
    return identifiers(ofRun: run)
  }
}
