import MQTTSNCodec
import Slabs

/// The datagrams that a gateway wants sent, in order; the shell sends them and empties the queue.
public struct DatagramOutput: ~Copyable {
  /// Where a datagram goes.
  @frozen
  public enum Destination: BitwiseCopyable, Sendable, Hashable {
    /// To one node.
    case node(NodeAddress)
    /// To everybody on every line: the broadcast of the specification.
    case everybody
    /// To everybody on the line with that number.
    case line(UInt16)
  }

  struct Entry: BitwiseCopyable {
    var destination: Destination
    var start: Int
    var end: Int
  }

  private var entries = Slab<Entry>()
  private var bytes = Slab<UInt8>()

  /// An empty queue.
  public init() {}

  /// The number of datagrams.
  public var count: Int { entries.count }

  /// Where the datagram at `index` (0..<`count`) goes; traps outside.
  public func destination(at index: Int) -> Destination { entries[index].destination }

  /// The datagram at `index` (0..<`count`); traps outside.
  @_lifetime(borrow self)
  public func datagram(at index: Int) -> Span<UInt8> {
    bytes.span.extracting(entries[index].start..<entries[index].end)
  }

  /// Forgets everything and keeps the room.
  public mutating func removeAll() {
    entries.removeAll()
    bytes.removeAll()
  }

  /// Adds `message`; one that has no encoding (over 65,535 octets) is not added.
  mutating func append<Message: EncodableMessage & ~Escapable>(
    _ message: Message, to destination: Destination
  ) {
    append(message, to: destination, from: bytes.count)
  }

  /// Adds `message` in an envelope for a wireless node behind a forwarder.
  mutating func append<Message: EncodableMessage & ~Escapable>(
    _ message: Message, to destination: Destination, nodeID: Span<UInt8>, radius: UInt8
  ) {
    let start = bytes.count
    do throws(CodecError) {
      try bytes.write(room: 3 + nodeID.count) { output throws(CodecError) in
        try ForwarderEnvelope.encodeHeader(nodeID: nodeID, radius: radius, into: &output)
      }
    } catch {
      return bytes.truncate(to: start)
    }
    append(message, to: destination, from: start)
  }

  @inline(__always)
  private mutating func append<Message: EncodableMessage & ~Escapable>(
    _ message: Message, to destination: Destination, from start: Int
  ) {
    do throws(CodecError) {
      try bytes.write(room: message.encodedSize) { output throws(CodecError) in
        try message.encode(into: &output)
      }
    } catch {
      return bytes.truncate(to: start)
    }
    entries.append(Entry(destination: destination, start: start, end: bytes.count))
  }
}
