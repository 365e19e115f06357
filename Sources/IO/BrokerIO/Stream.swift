import MQTTLink
import Reactor
import SessionLink
import Streams

/// One TCP connection: the descriptor, the machine, and what waits on either side of it.
struct Stream: ~Copyable {
  let descriptor: Descriptor
  let peer: SocketAddress
  let link: LinkID
  let listener: UInt32
  var connection: Connection
  var output = OutputQueue()
  var tail = TailBuffer()
  /// When the deadline queue is to ask again.
  var armedAt: LinkTime = 0
  /// Whether it stands on the list of those to flush.
  var isDirty = false
  /// Whether the reactor watches for room to write.
  var waitsForRoom = false
  /// Whether the hub was told to hold its deliveries.
  var isPaused = false
  /// The fewest octets that were pending since then.
  var leastPending = 0
  /// Whether it is closed once the output is flushed.
  var isDoomed = false

  init(
    _ descriptor: consuming Descriptor, peer: SocketAddress, link: LinkID, listener: UInt32,
    connection: consuming Connection
  ) {
    self.descriptor = descriptor
    self.peer = peer
    self.link = link
    self.listener = listener
    self.connection = connection
  }

  /// Encodes a delivery straight into the output; true when nothing waited there since the flush.
  mutating func deliver(
    _ message: MessageID, to recipient: Recipient, from messages: borrowing MessageStore,
    _ pool: inout BlockPool
  ) -> Bool {
    let version = connection.version
    let topic = messages.topic(of: message)
    let payload = messages.payload(of: message)
    let room = OutboundPackets.deliveryRoom(topic: topic, payload: payload)
    output.withOutput(of: room, from: &pool) { output in
      try? OutboundPackets.encodeDelivery(
        topic: topic, payload: payload, to: recipient, version, into: &output)
    }
    return !isDirty
  }

  /// Copies the message's image, with the recipient's Packet Identifier; true as above.
  mutating func deliver(
    _ message: MessageID, to recipient: Recipient, from messages: borrowing MessageStore,
    _ image: inout PublishImage, _ pool: inout BlockPool
  ) -> Bool {
    do {
      try image.prepare(
        topic: messages.topic(of: message), payload: messages.payload(of: message),
        for: recipient, version: connection.version)
    } catch {
      // A topic of the store always fits a PUBLISH.
      return false
    }
    let start = output.pendingCount
    output.append(image.bytes, from: &pool)
    if let offset = image.packetIDOffset {
      output.patch(bigEndian: recipient.packetID.rawValue, at: start + offset)
    }
    return !isDirty
  }
}

/// A listening socket and how many of its connections are open.
struct Listener: ~Copyable {
  var socket: TCPListener
  let connectionLimit: Int
  var connectionCount = 0

  init(_ socket: consuming TCPListener, connectionLimit: Int) {
    self.socket = socket
    self.connectionLimit = connectionLimit
  }
}
