import MQTTSNCodec
import Slabs
import WireBytes

/// Something that is worth a line in the log.
public struct GatewayNotice: BitwiseCopyable, Sendable {
  /// What can be worth a line.
  public enum Kind: BitwiseCopyable, Sendable, Equatable {
    /// A node is connected.
    case connected
    /// A node has said goodbye.
    case disconnected
    /// A node has gone to sleep.
    case asleep
    /// A sleeping node did not wake when it had said.
    case late
    /// One that was late has woken.
    case awake
    /// A sleeping node is at another address now.
    case moved
    /// A node was silent for longer than its Duration and the slack.
    case silent
    /// A node did not answer a request after all retries.
    case deaf
    /// The hub has closed the node's link: taken over by another address, or shutting down.
    case ejected
    /// Another client has connected from the address.
    case replaced
    /// A node is not where the list of nodes says.
    case misplaced
    /// A node is not listed, and only listed ones get in; or the first message of QoS −1 from an
    /// address where no listed node is.
    case unlisted
    /// A CONNECT was refused.
    case refused(ReturnCode)
    /// The first bad datagram of an address.
    case malformed(CodecError)
    /// The first delivery to a node that had to be dropped.
    case dropping
  }

  /// What has happened.
  public var kind: Kind
  /// Where.
  public var address: NodeAddress
  /// To whom: up to the first 64 octets of the client identifier, empty for strangers.
  public var clientID: FixedBytes<64>

  init(_ kind: Kind, _ address: NodeAddress, clientID name: Span<UInt8>) {
    self.kind = kind
    self.address = address
    clientID = FixedBytes()
    // 64 octets fit into 64.
    try? clientID.assign(name.extracting(first: 64))
  }
}

/// Notices that wait for the shell: at most 256, later ones are counted and dropped.
struct NoticeQueue: ~Copyable {
  private static let capacity = 256

  private var notices = Slab<GatewayNotice>()
  private var taken = 0

  /// Adds a notice; tells whether there was room.
  mutating func append(_ notice: GatewayNotice) -> Bool {
    guard notices.count < Self.capacity else { return false }
    notices.append(notice)
    return true
  }

  mutating func next() -> GatewayNotice? {
    guard taken < notices.count else { return nil }
    taken += 1
    let notice = notices[taken - 1]
    if taken == notices.count {
      notices.removeAll()
      taken = 0
    }
    return notice
  }
}
