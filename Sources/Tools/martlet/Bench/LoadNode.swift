import Datagrams
import MQTTSNCodec
import MQTTTerms
import Reactor
import Slabs

/// One node under load: its socket, and what of its messages is under way.
struct LoadNode: ~Copyable {
  /// How far it has come.
  enum Stage: BitwiseCopyable {
    /// Nothing was sent yet.
    case idle
    /// CONNECT was sent.
    case connecting
    /// REGISTER was sent.
    case registering
    /// It may publish.
    case ready
  }

  let socket: ConnectedSocket
  var stage = Stage.idle
  /// When its CONNECT or REGISTER is sent again, in milliseconds, and how often it was.
  var repeatAt: UInt64 = 0
  var repeats = 0
  var topicID: UInt16 = 0
  /// How many messages were sent.
  var sent: UInt32 = 0
  /// Those that have come to the subscriber.
  var arrived = SequenceWindow()
  /// Those that were acknowledged; at QoS 1 only.
  var answered = SequenceWindow()
  /// Whether it stands in the list of those that may send again.
  var isListed = false

  init(_ socket: consuming ConnectedSocket) { self.socket = socket }

  /// How many messages it may send now.
  func room(_ plan: borrowing LoadPlan) -> UInt32 {
    var underWay = sent &- arrived.next
    if plan.waitsForAnswers { underWay = max(underWay, sent &- answered.next) }
    return plan.window - min(underWay, plan.window)
  }
}

extension LoadPlan {
  /// Whether a message is under way until it is acknowledged too.
  var waitsForAnswers: Bool { qos == .atLeastOnce && peer == .gateway }
}

/// What stands at the start of a payload: whose message it is, and which.
struct LoadMark: BitwiseCopyable {
  var run: UInt32
  var node: UInt32
  var number: UInt32

  static var size: Int { 12 }

  init(run: UInt32, node: Int, number: UInt32) {
    self.run = run
    self.node = UInt32(truncatingIfNeeded: node)
    self.number = number
  }

  /// Reads a payload; nothing when it is too short.
  init?(_ payload: Span<UInt8>) {
    guard payload.count >= Self.size else { return nil }
    (run, node, number) = payload.withUnsafeBytes { octets in
      (
        octets.loadUnaligned(as: UInt32.self),
        octets.loadUnaligned(fromByteOffset: 4, as: UInt32.self),
        octets.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
      )
    }
  }

  /// The MsgId of a message: never 0.
  static func messageID(of number: UInt32) -> PacketIdentifier {
    PacketIdentifier(UInt16(number % 65_535) + 1)
  }

  /// The first message from the number `next` on that has that MsgId.
  static func number(of messageID: PacketIdentifier, from next: UInt32) -> UInt32 {
    let distance = (Int(messageID.rawValue) - 1 - Int(next % 65_535) + 65_535) % 65_535
    return next &+ UInt32(distance)
  }

  /// Writes it to the start of a payload that has room for it.
  func write(to payload: inout Slab<UInt8>) {
    write(run, at: 0, to: &payload)
    write(node, at: 4, to: &payload)
    write(number, at: 8, to: &payload)
  }

  private func write(_ word: UInt32, at start: Int, to payload: inout Slab<UInt8>) {
    for index in 0..<4 as Range<Int> {
      payload[start + index] = UInt8(truncatingIfNeeded: word.littleEndian >> UInt32(index * 8))
    }
  }
}
