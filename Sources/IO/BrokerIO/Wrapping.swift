import Glibc
import Reactor
import Slabs
import Streams
import WebSocket

/// What a connection has between its socket and MQTT, as far as it has come.
struct Wrapping: ~Copyable {
  enum Phase {
    /// What the proxy says comes next.
    case proxy
    /// The HTTP request comes next.
    case upgrade
    /// Octets are in frames.
    case framed
    /// Octets are MQTT's.
    case plain
  }

  var phase: Phase
  var upgrade = UpgradeReader()
  var frames = FrameReader(.server)
  /// Octets of MQTT out of frames that are no whole packet yet.
  var tail = TailBuffer()
  /// What the socket is to get: frames, and the answer to the request.
  var outbound = OutputQueue()
  /// Whether the last frame has been written.
  var isClosed = false

  init(_ rules: TransportRules) {
    phase = rules.proxy != nil ? .proxy : rules.webSocket != nil ? .upgrade : .plain
  }

  /// Appends a Close frame, unless there was one.
  mutating func close(_ code: UInt16, _ pool: inout BlockPool) {
    guard phase == .framed, !isClosed else { return }
    isClosed = true
    outbound.withOutput(of: 16, from: &pool) { FrameReader.encodeClose(code, into: &$0) }
  }
}

extension Stream {
  /// Whether output goes through `wrapping`.
  private var isWrapped: Bool { wrapping.isThere && wrapping[].phase != .plain }

  /// How many octets wait to be sent.
  var pendingCount: Int {
    output.pendingCount + (wrapping.isThere ? wrapping[].outbound.pendingCount : 0)
      + (security.isThere ? security[].outbound.pendingCount : 0)
  }

  /// Puts what MQTT has written into a frame, where there are frames.
  mutating func wrap(_ pool: inout BlockPool) {
    guard isWrapped else { return }
    if !output.isEmpty {
      var content = OutputQueue()
      swap(&content, &output)
      if wrapping[].phase == .framed { frame(content, &pool) }
      content.removeAll(to: &pool)
    }
    if isDoomed { wrapping[].close(1000, &pool) }
  }

  private mutating func frame(_ content: borrowing OutputQueue, _ pool: inout BlockPool) {
    let count = content.pendingCount
    guard !wrapping[].isClosed else { return }
    wrapping[].outbound.withOutput(of: FrameHeader.longest, from: &pool) {
      FrameHeader(.binary, contentCount: UInt64(count)).encode(into: &$0)
    }
    wrapping[].outbound.append(content.pending, from: &pool)
  }

  /// Sends what is pending, as far as the socket takes it now.
  @inline(__always)
  mutating func flush(_ pool: inout BlockPool) -> FlushResult {
    if security.isThere { return security[].outbound.flush(to: descriptor.number, pool: &pool) }
    if isWrapped { return wrapping[].outbound.flush(to: descriptor.number, pool: &pool) }
    return output.flush(to: descriptor.number, pool: &pool)
  }

  /// Takes out what is pending before TLS.
  mutating func takePlain(_ queue: inout OutputQueue) {
    if isWrapped { swap(&queue, &wrapping[].outbound) } else { swap(&queue, &output) }
  }

  /// Forgets what is pending.
  mutating func discardOutput(to pool: inout BlockPool) {
    output.removeAll(to: &pool)
    if wrapping.isThere { wrapping[].outbound.removeAll(to: &pool) }
    if security.isThere { security[].outbound.removeAll(to: &pool) }
  }
}
