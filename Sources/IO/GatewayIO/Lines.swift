import Datagrams
import MQTTSNGateway
import Reactor
import SerialFraming
import Slabs

/// How a serial line is opened: the `serial` block of the configuration.
public struct SerialSettings: Sendable, Equatable {
  /// The longest frame that can be configured.
  public static var maximumFrameLimit: Int { 2048 }

  /// The device; links are followed.
  public var path: String
  /// The rate in baud.
  public var baud: Int
  /// How messages are framed.
  public var format: LineFormat
  /// The longest message in octets (1...2,048; `raw` carries 255 at most, a radio what it is made
  /// for).
  public var maximumFrame: Int

  /// Settings with the defaults of the configuration.
  public init(
    path: String, baud: Int = 115_200, format: LineFormat = .hdlc, maximumFrame: Int = 255
  ) {
    self.path = path
    self.baud = baud
    self.format = format
    self.maximumFrame = min(max(maximumFrame, 1), Self.maximumFrameLimit)
  }
}

/// What was counted on one line since the start.
public struct LineCounters: BitwiseCopyable, Sendable, Equatable {
  /// Datagrams that came in whole.
  public var received: UInt64 = 0
  /// Datagrams handed to the system.
  public var sent: UInt64 = 0
  /// Datagrams that could not be sent, or were too long to be taken.
  public var dropped: UInt64 = 0
  /// How often a serial line was opened again.
  public var reopened: UInt64 = 0
  /// Octets read from a serial line.
  public var octetsReceived: UInt64 = 0
  /// Octets written to a serial line.
  public var octetsSent: UInt64 = 0
  /// What happened to the frames of a serial line.
  public var frames = FrameCounters()
  /// What the radio of a serial line told.
  public var radio = RadioCounters()
  /// What the driver of a serial line has counted.
  public var driver = DriverErrors()

  /// All zero.
  public init() {}
}

/// A UDP socket with its nodes.
struct SocketLine: ~Copyable {
  var socket: UDPSocket
  var output = DatagramBatch()
  /// Where broadcasts go.
  var group: SocketAddress?
  /// The line that answers what comes here: this socket only hears a group.
  let answeringLine: UInt16?
  var received: UInt64 = 0
  var sent: UInt64 = 0
  /// Whether the last receive failed: one notice for a row of failures.
  var isFailing = false

  init(_ socket: consuming UDPSocket, group: SocketAddress?, answeringLine: UInt16? = nil) {
    self.socket = socket
    self.group = group
    self.answeringLine = answeringLine
  }

  /// Lets a datagram wait for the flush.
  mutating func send(_ datagram: Span<UInt8>, to peer: SocketAddress) {
    output.append(datagram, to: peer)
    sent &+= 1
  }

  var counters: LineCounters {
    var counters = LineCounters()
    counters.received = received
    counters.sent = sent
    counters.dropped = output.droppedCount + socket.truncatedCount
    return counters
  }
}

/// A serial port with its node, plugged in or not.
struct PortLine: ~Copyable {
  let settings: SerialSettings
  var port: SerialLine?
  var reader: LineReader<2048>
  let writer: LineWriter
  var schedule = ReopenSchedule()
  /// When to open the port (again); nothing while it is open.
  var openAt: UInt64?
  /// Whether it was open before.
  var wasOpen = false
  /// Why it cannot be opened, as it was told last: another reason is told again.
  var toldReason: String?
  /// Whether the reactor watches for room to write.
  var isBlocked = false
  var totals = LineCounters()
  var radios = Radios()
  /// Frames that wait for the radio.
  var held = HeldFrames()
  /// What was told of the line's errors.
  var told = ToldErrors()
  var toldDriver = DriverErrors()

  init(_ settings: SerialSettings, at now: UInt64) {
    self.settings = settings
    reader = LineReader(settings.format, limit: settings.maximumFrame)
    writer = LineWriter(settings.format, limit: settings.maximumFrame)
    openAt = now
  }

  var counters: LineCounters {
    var counters = totals
    counters.frames = reader.counters
    counters.radio = reader.radio
    switch port {
    case .some(let opened):
      counters.octetsReceived &+= opened.octetsReceived
      counters.octetsSent &+= opened.octetsSent
      counters.driver += opened.driverErrors
    case .none: break
    }
    return counters
  }

  /// Closes the port; what waited for it is dropped.
  mutating func close() {
    totals = counters
    // Closing the descriptor ends the watching too.
    port = nil
    reader.reset()
    radios.giveUp()
    held.removeAll()
  }

  /// Where the node of the last frame is.
  mutating func source(on line: UInt16) -> NodeAddress {
    guard settings.format.hasRadios else { return NodeAddress(line: line) }
    return radios.address(of: reader.source, line: line)
  }
}

/// Line numbers: sockets from 0 up, serial ports from 0x8000 up.
enum LineNumber {
  static let firstPort: UInt16 = 0x8000
  /// No line: what tells of plugging.
  static let plugs: UInt16 = 0xFFFF

  static func socket(_ index: Int) -> UInt16 { UInt16(truncatingIfNeeded: index) }
  static func port(_ index: Int) -> UInt16 { firstPort + UInt16(truncatingIfNeeded: index) }
}

extension NodeAddress {
  /// The address of a UDP peer.
  init(_ peer: SocketAddress, line: UInt16) {
    let words = peer.words
    self.init(line: line, words: Words(words.first, words.second, words.third))
  }

  /// The UDP peer of an address.
  var peer: SocketAddress? { SocketAddress(words: (words.first, words.second, words.third)) }
}
