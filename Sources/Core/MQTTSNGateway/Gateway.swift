import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

/// All nodes of all lines: the machine between MQTT-SN datagrams and link events.
///
/// It is an aggregating gateway [SN 4.2] without the MQTT hop: sessions, subscriptions and wills are
/// the hub's. Datagrams come in by `receive`, the hub's commands by `perform`, time by `advance`.
/// After each of them the caller hands on what `nextEvent` gives and sends what `output` holds.
public struct Gateway: ~Copyable {
  /// How it behaves.
  public var options: GatewayOptions
  /// The topic ids that everybody knows.
  public var predefinedTopics = PredefinedTopics()
  /// Who the nodes are.
  public var knownNodes: KnownNodes
  /// What is to be sent. The shell sends it and empties the queue.
  public var output = DatagramOutput()
  /// What was counted.
  public internal(set) var counters = GatewayCounters()

  let service: UInt8
  var now: LinkTime
  var nodes = SlotTable<Node>()
  let seed: UInt64
  var addresses = NodeIndex()
  var timers = NodeTimers()
  var events = Slab<NodeEvent>()
  private var eventsTaken = 0
  var notices = NoticeQueue()
  /// What is special about lines; few have an entry.
  private var lines = Slab<LineTraits>()
  /// The nodes behind forwarders.
  var wirelessNodes: WirelessNodes
  /// The nodes that have a session, by client identifier.
  var names = NodeIndex()

  /// The short topic name of the current step.
  var shortName = Slab<UInt8>(capacity: 2)
  var advertiseAt: LinkTime?
  /// Who has said goodbye lately, and may say it again when our answer was lost.
  var departed = RecentAddresses()
  /// Whose bad datagrams were noticed already.
  var malformedSeen = RecentAddresses()
  /// Whose messages without a connection were noticed as refused already.
  var unlistedSeen = RecentAddresses()
  var strangerAnswers: RateLimit
  var strangerNotices: RateLimit

  /// A gateway without nodes. Its links belong to the service number `service`; `seed` keeps peers
  /// from choosing addresses that share hash slots.
  public init(options: GatewayOptions, service: UInt8, seed: UInt64, at now: LinkTime) {
    self.options = options
    self.service = service
    self.now = now
    self.seed = seed
    wirelessNodes = WirelessNodes(seed: seed)
    knownNodes = KnownNodes(seed: seed)
    advertiseAt = options.advertiseInterval > 0 ? now : nil
    let limit = RateLimit(perSecond: options.limits.strangersPerSecond, at: now)
    strangerAnswers = limit
    strangerNotices = limit
  }

  /// Takes in one datagram.
  ///
  /// The step is to be handed to the hub first, then what `nextEvent` gives, and both before the
  /// next datagram.
  @_lifetime(&self, copy datagram)
  public mutating func receive(
    _ datagram: Span<UInt8>, from address: NodeAddress, at now: LinkTime,
    links: inout LinkTable, messages: inout MessageStore
  ) -> GatewayStep {
    self.now = now
    counters.datagramsReceived &+= 1
    do throws(CodecError) {
      if ForwarderEnvelope.isEnvelope(datagram) {
        return try receiveForwarded(datagram, from: address, links: &links, messages: &messages)
      }
      let message = try Message.decode(datagram)
      return receive(message, from: address, links: &links, messages: &messages)
    } catch {
      noteMalformed(error, from: address)
      return .none
    }
  }

  /// The next event that borrows nothing, or nothing: acknowledgements and departures.
  public mutating func nextEvent() -> NodeEvent? {
    guard eventsTaken < events.count else { return nil }
    eventsTaken += 1
    let event = events[eventsTaken - 1]
    if eventsTaken == events.count {
      events.removeAll()
      eventsTaken = 0
    }
    return event
  }

  /// The next thing that is worth a line in the log.
  public mutating func nextNotice() -> GatewayNotice? { notices.next() }

  /// Sets the largest datagram that a line carries, in octets (65,507 unless said).
  public mutating func setMaximumDatagram(_ octets: Int, ofLine line: UInt16) {
    lines[traits(ofLine: line)].maximumDatagram = octets
  }

  /// Sets whether forwarders may speak for nodes on a line [SN 5.5] (they may unless said).
  public mutating func setAllowsForwarders(_ allows: Bool, ofLine line: UInt16) {
    lines[traits(ofLine: line)].allowsForwarders = allows
  }

  private mutating func traits(ofLine line: UInt16) -> Int {
    for index in 0..<lines.count where lines[index].line == line { return index }
    lines.append(LineTraits(line: line))
    return lines.count - 1
  }

  /// The largest datagram that can be sent to `address`, without the envelope around it.
  func maximumDatagram(to address: NodeAddress) -> Int {
    var maximum = LineTraits(line: address.line).maximumDatagram
    for index in 0..<lines.count where lines[index].line == address.line {
      maximum = lines[index].maximumDatagram
    }
    guard address.wireless != 0 else { return maximum }
    return max(maximum - 3 - wirelessNodeID(of: address).count, 0)
  }

  func allowsForwarders(onLine line: UInt16) -> Bool {
    for index in 0..<lines.count where lines[index].line == line {
      return lines[index].allowsForwarders
    }
    return true
  }
}

/// What a line can do.
struct LineTraits: BitwiseCopyable {
  let line: UInt16
  var maximumDatagram = 65_507
  var allowsForwarders = true
}
