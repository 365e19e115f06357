import MQTTLink
import Reactor
import SessionLink
import Slabs
import Streams

/// One connection: the descriptor, the machine, and what waits on either side of it.
struct Stream: ~Copyable {
  let descriptor: Descriptor
  var peer: SocketAddress
  let link: LinkID
  let listener: UInt32
  var connection: Connection
  var output = OutputQueue()
  var tail = TailBuffer()
  /// What stands between socket and MQTT, where something does.
  var wrapping = Seldom<Wrapping>()
  /// TLS, where it is spoken.
  var security = Seldom<Security>()
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

}

/// A listening socket and how many of its connections are open.
struct Listener: ~Copyable {
  var socket: TCPListener
  /// What holds for its connections.
  var terms: ListenerTerms
  var connectionCount = 0

  init(_ socket: consuming TCPListener, _ terms: ListenerTerms) {
    self.socket = socket
    self.terms = terms
  }
}
