import BrokerCore
import MQTTLink
import MQTTTerms
import Reactor
import SessionLink
import Slabs
import Streams
import TLS

/// The broker on its sockets: reads bytes, hands events to the core, performs its commands, writes.
///
/// It decides nothing about MQTT. Commands for links of another service go to `foreign`, which the
/// wiring hands on.
public struct BrokerService: ~Copyable {
  /// The core.
  public var broker: Broker
  /// All links of the hub.
  public var links = LinkTable()
  /// Commands for links that are not connections of this service. Each `deliver` in it holds a
  /// reference to its message.
  public var foreign = CommandQueue()
  /// What the core wants done. Empty between two calls of `perform`.
  public var commands = CommandQueue()
  /// What happened since the wiring looked last.
  public var notices = Slab<BrokerNotice>()
  /// Octets read and written.
  public internal(set) var traffic = Traffic()

  var listeners = Slab<Listener>()
  var streams = StreamTable()
  var image = PublishImage()
  var doomed = Slab<SlotID>()
  var deadlines = DeadlineQueue()
  /// The memory of all output after the last flush, and by how much it may grow until the next.
  var lentAtFlush = 0
  var reliefMark = 1 << 26
  /// By how many octets the answers to a peer that does not read may grow.
  var answerLimit = 1 << 22
  /// Deliveries that their peers do not take: they count as made.
  var discarded = Slab<Discarded>()
  /// Whether a peer has caught up since the core was asked for what waits.
  var mustSettle = false
  let limits: ConnectionLimits
  let service: UInt8
  /// The most connections that all listeners serve at once.
  public var connectionLimit = Int.max
  /// Whether small packets leave at once (TCP_NODELAY).
  public var sendsAtOnce = true

  /// Into which the octets of MQTT are read that come out of another layer.
  var unwrapped = Seldom<ReceiveBuffer>()
  /// Into which the octets are read that come out of TLS.
  var decrypted = Seldom<ReceiveBuffer>()
  var pipe = TLSPipe()
  /// How TLS is spoken, by the numbers that listeners were given. New rules hold for new connections.
  public var tls: [TLSRules] = []

  /// Whether packets are noted.
  public var tracesPackets = false
  var isInsideTracedRequest = false
  var untracedPackets = 0

  /// A delivery that its peer does not take.
  struct Discarded: BitwiseCopyable {
    var link: LinkID
    var packetID: PacketIdentifier
  }

  /// A service that has the number `service` in the link table and in reactor tokens. `limits` hold
  /// for the connections of listeners without limits of their own.
  public init(broker: consuming Broker, limits: ConnectionLimits, service: UInt8) {
    self.broker = broker
    self.limits = limits
    self.service = service
  }

  /// Control Packets handed to connections.
  public var packetsSent: UInt64 { streams.packetCount }

  /// The number of open connections.
  public var connectionCount: Int { streams.slots.count }

  /// Octets that wait to be written, on all connections.
  public var pendingOctets: Int {
    var sum = 0
    for index in 0..<streams.slots.indexBound where streams.slots.id(at: index) != nil {
      sum += streams.slots[index].pendingCount
    }
    return sum
  }

  /// Opens a listener at an address; with an `interface`, for what comes in there.
  public mutating func listen(
    on address: SocketAddress, interface: String? = nil, terms: ListenerTerms = ListenerTerms(),
    reactor: inout Reactor
  ) throws(SystemError) -> SocketAddress {
    let socket = try TCPListener(address: address, interface: interface)
    let local = socket.localAddress
    try listen(with: socket, terms: terms, reactor: &reactor)
    notices.append(.listening(local))
    return local
  }

  /// The same on a Unix socket.
  public mutating func listen(
    onPath path: String, terms: ListenerTerms = ListenerTerms(), reactor: inout Reactor
  ) throws(SystemError) {
    try listen(with: try TCPListener(unixPath: path), terms: terms, reactor: &reactor)
    notices.append(.listeningAt(path: path))
  }

  /// The same with a socket that listens already. What is to be noted about it is the caller's matter.
  public mutating func listen(
    with socket: consuming TCPListener, terms: ListenerTerms, reactor: inout Reactor
  ) throws(SystemError) {
    let token = ServiceToken(
      service: service, kind: .listener, slot: SlotID(index: UInt32(listeners.count), generation: 0)
    )
    try reactor.add(socket.number, token: token.rawValue, interest: .readable)
    if terms.rules.webSocket != nil, !unwrapped.isThere { unwrapped.make(ReceiveBuffer()) }
    listeners.append(Listener(socket, terms))
  }

  /// The port of the first socket of a listener; nil where it has none.
  public func port(ofListener number: Int) -> UInt16? {
    for index in 0..<listeners.count where listeners[index].terms.listener == number {
      return listeners[index].socket.localPort
    }
    return nil
  }

  /// Gives all sockets of a listener other terms. They hold for new connections.
  public mutating func renew(_ terms: ListenerTerms) {
    for index in 0..<listeners.count where listeners[index].terms.listener == terms.listener {
      listeners[index].terms = terms
    }
  }

  /// Performs what the reactor says is possible on one of this service's descriptors.
  public mutating func ready(
    _ event: ReadyEvent, buffer: inout ReceiveBuffer, reactor: inout Reactor, at now: LinkTime
  ) {
    let token = ServiceToken(rawValue: event.token)
    switch token.kind {
    case .listener: accept(on: Int(token.slot.index), &reactor, at: now)
    case .stream:
      guard let id = streams.slots.id(at: Int(token.slot.index)), token.names(id) else { return }
      if event.isWritable { flush(id, &reactor, at: now) }
      if event.isReadable { read(id, &buffer, &reactor, at: now) }
    }
  }

  /// Does what time demands: lost connections, expired sessions.
  public mutating func advance(to now: LinkTime) {
    while let due = deadlines.popDue(at: now) {
      guard streams.slots.contains(due.key), streams.slots[Int(due.key.index)].armedAt == due.time
      else {
        continue
      }
      if let reason = streams.slots[Int(due.key.index)].connection.advance(to: now) {
        end(due.key, for: reason, at: now)
      } else {
        arm(due.key)
      }
    }
    broker.advance(to: now, commands: &commands)
    perform(at: now)
  }

  /// When `advance` has something to do.
  public var nextDeadline: LinkTime? {
    guard let session = broker.nextDeadline else { return deadlines.earliest }
    return min(session, deadlines.earliest ?? session)
  }

  /// Sends retained messages on and closes what is to be closed. True when there is more to do at
  /// once, so that the loop must not wait.
  public mutating func settle(reactor: inout Reactor, at now: LinkTime) -> Bool {
    mustSettle = false
    let hasMore = broker.replay(budget: 256, commands: &commands)
    perform(at: now)
    takeRemarks()
    noteUntraced()
    closeDoomed(&reactor, at: now)
    return hasMore
  }

  /// Notes what the core has to say.
  public mutating func takeRemarks() {
    while let remark = broker.nextRemark() { notices.append(.remark(remark)) }
  }

  /// Ends a tick: one write for each connection that has something to send. True when the next tick
  /// must not wait: a connection broke, or a slow peer has caught up.
  public mutating func flush(reactor: inout Reactor, at now: LinkTime) -> Bool {
    flushDirty(&reactor, at: now)
    return mustSettle || !doomed.isEmpty
  }

  /// Asks the deadline queue to look at a stream when its machine wants it.
  mutating func arm(_ id: SlotID) {
    let index = Int(id.index)
    guard let deadline = streams.slots[index].connection.nextDeadline else { return }
    streams.slots[index].armedAt = deadline
    deadlines.insert(id, at: deadline)
    if deadlines.count > 2 * streams.slots.count + 256 { dropStaleDeadlines() }
  }

  private mutating func dropStaleDeadlines() {
    var kept = DeadlineQueue()
    for index in 0..<streams.slots.indexBound {
      if let id = streams.slots.id(at: index) { kept.insert(id, at: streams.slots[index].armedAt) }
    }
    deadlines = kept
  }
}
