import MQTTBridge
import Reactor
import SecureStreams
import SessionLink
import Slabs
import Streams

/// One bridge: the machine, its connection, and what waits on either side of it.
struct BridgeLine: ~Copyable {
  enum Phase {
    case closed
    /// The host's name is being looked up.
    case resolving
    case connecting
    case open
  }

  var setup: BridgeSetup
  /// What takes effect with the next connection.
  var nextSetup: BridgeSetup?
  var bridge: Bridge
  var link: LinkID

  var phase = Phase.closed
  /// The number of the attempt: what comes from an earlier one is not for this one.
  var attempt: UInt32 = 0
  var socket: Descriptor?
  /// The addresses that are still to be tried, the last one first.
  var candidates: [SocketAddress] = []
  /// The one that is tried or connected to.
  var peer: SocketAddress?
  var place = 0

  var output = OutputQueue()
  var tail = TailBuffer()
  /// Whether the tail has packets that were left because those before had many recipients.
  var hasMore = false
  var security = Seldom<ClientSecurity>()
  /// Whether the reactor watches for room to write.
  var waitsForRoom = false
  /// Whether the hub was told to hold its deliveries, and the fewest octets pending since then.
  var isPaused = false
  var leastPending = 0

  /// The socket by which the first address is probed, and the address.
  var probe: Descriptor?
  var probedAddress: SocketAddress?

  init(_ setup: BridgeSetup, _ bridge: consuming Bridge, link: LinkID) {
    self.setup = setup
    self.bridge = bridge
    self.link = link
  }

  var pendingCount: Int {
    output.pendingCount + (security.isThere ? security[].outbound.pendingCount : 0)
  }

  /// Ends the connection, or the attempt, after a last write of what the machine has said.
  mutating func close(_ pool: inout BlockPool, at now: LinkTime) {
    if phase == .open {
      _ = write(&pool, at: now)
      sayGoodbye(&pool)
    }
    attempt &+= 1
    phase = .closed
    socket = nil
    probe = nil
    candidates = []
    output.removeAll(to: &pool)
    if security.isThere { security[].outbound.removeAll(to: &pool) }
    security = Seldom()
    tail = TailBuffer()
    hasMore = false
    waitsForRoom = false
    isPaused = false
  }

  private mutating func sayGoodbye(_ pool: inout BlockPool) {
    guard let number = socket?.number, security.isThere else { return }
    security[].close(&pool)
    _ = security[].outbound.flush(to: number, pool: &pool)
  }

  /// Writes what the machine has to say, as far as the socket takes it now.
  mutating func write(_ pool: inout BlockPool, at now: LinkTime) -> FlushResult {
    guard let number = socket?.number, phase == .open else { return .drained }
    bridge.takeOutput(at: now) { output.append($0, from: &pool) }
    guard security.isThere else { return output.flush(to: number, pool: &pool) }
    security[].seal(&output, &pool)
    return security[].outbound.flush(to: number, pool: &pool)
  }
}

/// What a reactor token of this service names: what the descriptor is, the attempt, and the slot.
struct BridgeToken {
  enum Kind: UInt64 {
    case socket = 0
    case probe = 1
    case names = 2
  }

  var rawValue: UInt64

  init(rawValue: UInt64) { self.rawValue = rawValue }

  init(service: UInt8, _ kind: Kind, attempt: UInt32 = 0, slot: Int = 0) {
    rawValue =
      UInt64(service) << 56 | kind.rawValue << 48 | UInt64(attempt & 0xFFFF) << 32
      | UInt64(UInt32(truncatingIfNeeded: slot))
  }

  var kind: Kind { Kind(rawValue: rawValue >> 48 & 0xFF) ?? .socket }

  var slot: Int { Int(rawValue & 0xFFFF_FFFF) }

  func isOf(_ attempt: UInt32) -> Bool { rawValue >> 32 & 0xFFFF == UInt64(attempt & 0xFFFF) }
}
