import MQTTCodec
import MQTTLink
import MQTTTerms
import SessionLink
import Slabs

/// One bridge: a link of the own broker, and a client of the remote one.
///
/// The session at the own broker is all that it keeps: what waits, what is in flight both ways, and
/// under which Packet Identifiers. The shell dials and carries octets; time and chance are told.
public struct Bridge: ~Copyable {
  enum Phase {
    /// Until the own broker has let it in for the first time.
    case preparing
    /// Until it is time to connect.
    case resting
    /// Until the network connection is there.
    case dialing
    /// Until the remote broker has accepted it.
    case calling
    case connected
    /// It does not connect any more.
    case finished
  }

  /// What it is to do.
  public let options: BridgeOptions
  let link: LinkID
  let table: TopicTable
  let formerTable: TopicTable

  var phase = Phase.preparing
  var clock: LinkTime = 0
  var connection: Connection
  /// Whether there is a session at the own broker.
  var isOpen = false
  /// Whether the own broker has asked who it is, and was content.
  var isKnown = false

  // Where it connects to, and when.
  var address = 0
  var failedAddresses = 0
  var waits: RestartWaits
  var restsUntil: LinkTime = 0
  var probesAt: LinkTime?
  var primaryPatience: LinkTime
  var connectedAt: LinkTime = 0
  /// Whether the remote broker is told of the bridge in the Protocol Level.
  var showsMark: Bool
  var mustHangUp = false
  var dialRequest: Int?
  var probeRequest: Int?

  // What is awaited of the remote broker.
  var sentAt: LinkTime = 0
  var answerBy: LinkTime?
  var pongBy: LinkTime?
  var usedAt: LinkTime = 0
  var requests = RemoteRequests()
  var retainsThere = true
  var takesAtOnce: UInt16
  var highestQoS = QoS.exactlyOnce

  /// Octets for the remote broker.
  var output = Slab<UInt8>()
  /// Another name of a topic: room that is used again.
  var name = Slab<UInt8>()
  var scratch = Slab<UInt8>()

  var notices = Slab<BridgeNotice>()
  var nextNoticeIndex = 0
  /// Until when nothing more is said about messages that are dropped.
  var quietUntil: LinkTime = 0

  /// A bridge that is known to its own broker as `link`. `seed` makes its waits differ from those of
  /// others.
  public init(_ options: BridgeOptions, link: LinkID, seed: UInt64) {
    self.options = options
    self.link = link
    table = TopicTable(options.topics)
    formerTable = TopicTable(options.formerTopics)
    waits = RestartWaits(options.restart, seed: seed)
    primaryPatience = options.restart.base
    showsMark = options.showsBridge
    takesAtOnce = options.inFlightMessages
    connection = Connection(calling: options.version, limits: options.limits, at: 0)
  }

  /// Whether the remote broker has accepted it.
  public var isConnected: Bool { phase == .connected }

  /// Whether the remote broker has ever accepted it.
  public var hasConnected: Bool { connectedAt > 0 }

  /// Whether there is a network connection, or an attempt at one.
  var isOnline: Bool { phase == .dialing || phase == .calling || phase == .connected }

  /// The next thing that is wanted of the network.
  public mutating func nextRequest() -> BridgeRequest? {
    if mustHangUp {
      mustHangUp = false
      return .hangUp
    }
    if let address = dialRequest.take() { return .dial(address: address) }
    return probeRequest.take().map { .probe(address: $0) }
  }

  /// The next notice, oldest first.
  public mutating func nextNotice() -> BridgeNotice? {
    guard nextNoticeIndex < notices.count else {
      notices.removeAll()
      nextNoticeIndex = 0
      return nil
    }
    nextNoticeIndex += 1
    return notices[nextNoticeIndex - 1]
  }

  mutating func notice(_ notice: BridgeNotice) {
    if notices.count < 1000 { notices.append(notice) }
  }

  /// Hands the octets for the remote broker out, and forgets them.
  public mutating func takeOutput(at now: LinkTime, _ body: (Span<UInt8>) -> Void) {
    guard !output.isEmpty else { return }
    body(output.span)
    sentAt = now
    // One burst is not to hold its room for ever.
    if output.count > 1 << 18 { output = Slab() } else { output.removeAll() }
  }

  /// Writes a packet whose parts are known to be right.
  mutating func send(
    room: Int, _ encode: (inout OutputRawSpan) throws(CodecError) -> Void
  ) {
    let before = output.count
    do throws(CodecError) { try output.write(room: room, encode) } catch {
      output.truncate(to: before)
    }
  }
}

/// The text of octets.
func printable(_ octets: Span<UInt8>) -> String {
  octets.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
}
