import Glibc
import Reactor
import SecureStreams
import Slabs
import Streams
import WebSocket

/// WebSocket between a client and its socket, or its TLS.
struct ClientFrames: ~Copyable {
  private let upgrade: ClientUpgrade
  private var frames = FrameReader(.client)
  /// The octets of the frames.
  private var wire = Seldom<ReceiveBuffer>()
  private var wireTail = TailBuffer()
  /// Whether the server speaks WebSocket.
  private var isUpgraded = false
  /// Whether the last frame has been written.
  private var isClosed = false
  /// What the socket, or TLS, is to get.
  var outbound = OutputQueue()

  /// Asks `authority` (host and port) for `path`.
  init(
    authority: String, path: String, _ subprotocol: Subprotocol, _ pool: inout BlockPool
  ) {
    let key = UpgradeKey.random()
    upgrade = ClientUpgrade(
      host: authority, path: path, key: key, accept: UpgradeAccept(key), subprotocol)
    // All of a read fits the buffer that it is taken apart into.
    wire.make(ReceiveBuffer(readLimit: 1 << 16))
    let request = upgrade.octets
    outbound.append(request.span, from: &pool)
  }

  /// Puts `output` into a frame, once the server speaks WebSocket.
  mutating func wrap(_ output: inout OutputQueue, _ pool: inout BlockPool) {
    guard isUpgraded, !isClosed, !output.isEmpty else { return }
    var content = OutputQueue()
    swap(&content, &output)
    let size = FrameHeader.longest + content.pendingCount
    outbound.withOutput(of: size, from: &pool) {
      FrameReader.encodeBinary(content.pending, mask: Self.mask, into: &$0)
    }
    content.removeAll(to: &pool)
  }

  /// Says that nothing more will come.
  mutating func close(_ pool: inout BlockPool, code: UInt16 = 1000) {
    guard isUpgraded, !isClosed else { return }
    isClosed = true
    outbound.withOutput(of: 16, from: &pool) {
      FrameReader.encodeClose(code, mask: Self.mask, into: &$0)
    }
  }

  /// Reads once, by way of TLS where `security` is there, and puts the octets of MQTT into `buffer`,
  /// behind what `tail` holds.
  mutating func receive(
    from number: Int32, through security: inout Seldom<ClientSecurity>,
    into buffer: inout ReceiveBuffer, behind tail: inout TailBuffer, _ pool: inout BlockPool
  ) throws(SystemError) -> ReadResult {
    var wire = Seldom<ReceiveBuffer>()
    swap(&wire, &self.wire)
    defer { swap(&wire, &self.wire) }
    let result =
      security.isThere
      ? try security[].receive(from: number, into: &wire[], behind: &wireTail, &pool)
      : wire[].receive(from: number, behind: &wireTail)
    guard case .bytes = result else { return result }
    var consumed = 0
    defer { wire[].finish(consumed: consumed, tail: &wireTail) }
    if !isUpgraded { try takeAnswer(wire[].bytes, &consumed) }
    guard isUpgraded else { return .wouldBlock }
    return try unframe(wire[].bytes, &consumed, into: &buffer, behind: &tail, &pool)
  }

  private mutating func takeAnswer(
    _ bytes: Span<UInt8>, _ consumed: inout Int
  ) throws(SystemError) {
    switch upgrade.receive(bytes, consumed: &consumed) {
    case .needMore: break
    case .accepted: isUpgraded = true
    case .refused(let status):
      throw SystemError(
        ClientLayer.webSocket.operation,
        reason: status == 0 ? "the server does not" : "the server answers \(status)")
    }
  }

  private mutating func unframe(
    _ bytes: Span<UInt8>, _ consumed: inout Int, into buffer: inout ReceiveBuffer,
    behind tail: inout TailBuffer, _ pool: inout BlockPool
  ) throws(SystemError) -> ReadResult {
    var step = FrameStep.needMore
    var count = 0
    let isFilled = buffer.fill(behind: &tail) { output in
      repeat {
        step = frames.receive(bytes, consumed: &consumed, into: &output)
        if step == .ping { pong(&pool) }
      } while step == .ping
      count = output.byteCount
    }
    guard isFilled else { return .failed(ENOBUFS) }
    switch step {
    case .failed(let fault):
      close(&pool, code: fault.closeCode)
      throw SystemError(
        ClientLayer.webSocket.operation, reason: "the server has sent \(fault.words)")
    case .closed(let code): close(&pool, code: code)
    case .needMore, .needRoom, .ping: break
    }
    return .bytes(count)
  }

  /// [RFC 6455 5.5.3] Not every ping needs its pong: none of a server that does not read them.
  private mutating func pong(_ pool: inout BlockPool) {
    guard outbound.pendingCount < ClientStream.answerLimit else { return }
    var queue = OutputQueue()
    swap(&queue, &outbound)
    queue.withOutput(of: FrameHeader.longest + FrameHeader.longestControl, from: &pool) {
      frames.encodePong(mask: Self.mask, into: &$0)
    }
    swap(&queue, &outbound)
  }

  /// A new one for each frame [RFC 6455 5.3].
  private static var mask: UInt32 { .random(in: .min ... .max) }
}
