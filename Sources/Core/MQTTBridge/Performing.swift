import MQTTCodec
import MQTTLink
import MQTTTerms
import SessionLink
import Slabs

// What the own broker wants done.
extension Bridge {
  /// Performs one command for this bridge; `deliver` is for the method of that name.
  public mutating func perform<H: Hub & ~Copyable>(
    _ command: LinkCommand, of queue: borrowing CommandQueue, hub: inout H,
    commands: inout CommandQueue, at now: LinkTime
  ) {
    clock = now
    switch command {
    case .opened: opened(&hub, &commands)
    case .refused(_, let refusal): refused(refusal, &hub, &commands)
    case .close(_, let ejection): closed(ejection, &hub, &commands)
    case .subscribed(_, _, let codes): subscribedHere(codes, of: queue)
    case .acknowledge(_, let packetID, let reception):
      if phase == .connected { answer(.puback, packetID, reception) }
    case .confirm(_, let packetID, let reception):
      if phase == .connected { answer(.pubrec, packetID, reception) }
    case .release(_, let packetID, let isKnown):
      if phase == .connected { answer(.pubrel, packetID, isKnown: isKnown) }
    case .complete(_, let packetID, let isKnown):
      if phase == .connected { answer(.pubcomp, packetID, isKnown: isKnown) }
    case .challenge, .deliver, .unsubscribed, .willUpdated, .drained: break
    }
  }

  /// Sends a message to the remote broker, under the name that its topic has there.
  public mutating func deliver<H: Hub & ~Copyable>(
    _ message: MessageID, to recipient: Recipient, hub: inout H, commands: inout CommandQueue,
    at now: LinkTime
  ) {
    clock = now
    // What is in flight when a connection ends goes out again with the next one.
    guard phase == .connected, isOpen else { return }
    usedAt = now
    if encode(message, to: recipient, hub.messages) { return }
    if mayNoteDropped {
      noteDropped(.unsent(topic: printable(hub.messages.topic(of: message))))
    }
    guard recipient.qos != .atMostOnce else { return }
    hub.handle(.discarded(recipient.packetID), from: link, at: now, commands: &commands)
  }

  /// Writes a PUBLISH; false when there is no name for it there, or it is too large.
  private mutating func encode(
    _ message: MessageID, to recipient: Recipient, _ messages: borrowing MessageStore
  ) -> Bool {
    var recipient = recipient
    // [MQTT5-3.3.4-6] no client sends them.
    recipient.identifiers = .none
    if !options.keepsRetain || !retainsThere { recipient.flags.remove(.retained) }
    let topic = messages.topic(of: message)
    var name = Slab<UInt8>()
    swap(&name, &self.name)
    defer { swap(&name, &self.name) }
    switch table.rename(topic, from: .local, into: &name) {
    case .same: return encode(message, as: topic, to: recipient, messages)
    case .renamed: return encode(message, as: name.span, to: recipient, messages)
    case .unmapped, .invalid: return false
    }
  }

  private mutating func encode(
    _ message: MessageID, as topic: Span<UInt8>, to recipient: Recipient,
    _ messages: borrowing MessageStore
  ) -> Bool {
    let before = output.count
    if options.version == .mqtt50 {
      encode5(StoredMessage(message, of: messages, as: topic, at: clock), to: recipient)
    } else {
      let payload = messages.payload(of: message)
      let version = options.version
      send(room: Connection.deliveryRoom(topic: topic, payload: payload)) {
        (output) throws(CodecError) in
        try Connection.encodeDelivery(
          topic: topic, payload: payload, to: recipient, version, into: &output)
      }
    }
    let size = output.count - before
    guard size > Int(connection.maximumPacketSize) else { return size > 0 }
    output.truncate(to: before)
    return false
  }

  private mutating func encode5(_ message: borrowing StoredMessage, to recipient: Recipient) {
    let room = Connection.deliveryRoom(of: message, identifiers: Span())
    try? output.write(room: room) { (output) throws(CodecError) in
      _ = try connection.encodeDelivery5(
        message, to: recipient, identifiers: Span(), scratch: &scratch, into: &output)
    }
  }
}
