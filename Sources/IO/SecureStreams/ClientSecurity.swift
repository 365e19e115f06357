import Glibc
import Reactor
import Slabs
import Streams
import TLS

/// TLS between the side that connects, a client or a bridge, and its socket.
public struct ClientSecurity: ~Copyable {
  /// What fails when the other side's octets are wrong, as `SystemError` has it.
  public static let operation = "speak TLS"

  private var session: TLSSession
  private var pipe: TLSPipe
  /// The socket's octets.
  private var wire = Seldom<ReceiveBuffer>()
  /// What the socket is to get.
  public var outbound = OutputQueue()

  /// Begins a session; `host` is whose certificate the broker must show, where `context` looks at it.
  public init(
    _ context: TLSContext, host: String, _ pool: inout BlockPool
  ) throws(SystemError) {
    let pipe = TLSPipe()
    session = try TLSSession(connecting: context, to: host, pipe)
    self.pipe = pipe
    // All of a read fits the buffer that it is decrypted into.
    wire.make(ReceiveBuffer(readLimit: 1 << 15))
    session.begin()
    takeOutput(&pool)
  }

  private mutating func takeOutput(_ pool: inout BlockPool) {
    var queue = OutputQueue()
    swap(&queue, &outbound)
    queue.append(pipe.output, from: &pool)
    swap(&queue, &outbound)
    pipe.removeOutput()
  }

  /// Encrypts `output`, once both sides have agreed on keys.
  public mutating func seal(_ output: inout OutputQueue, _ pool: inout BlockPool) {
    guard session.isEstablished, !output.isEmpty else { return }
    _ = session.send(output.pending)
    output.removeAll(to: &pool)
    takeOutput(&pool)
  }

  /// Says that nothing more will come.
  public mutating func close(_ pool: inout BlockPool) {
    session.close()
    takeOutput(&pool)
  }

  /// Reads once and puts the octets inside TLS into `buffer`, behind what `tail` holds.
  public mutating func receive(
    from number: Int32, into buffer: inout ReceiveBuffer, behind tail: inout TailBuffer,
    _ pool: inout BlockPool
  ) throws(SystemError) -> ReadResult {
    var nothing = TailBuffer()
    let result = wire[].receive(from: number, behind: &nothing)
    guard case .bytes = result else { return result }
    let step = try decrypt(into: &buffer, behind: &tail)
    takeOutput(&pool)
    switch step {
    // The socket's end follows the session's.
    case .needMore, .needRoom, .closed: return .bytes(1)
    case .failed(let reason): throw SystemError(Self.operation, reason: reason)
    }
  }

  private mutating func decrypt(
    into buffer: inout ReceiveBuffer, behind tail: inout TailBuffer
  ) throws(SystemError) -> TLSStep {
    var wire = Seldom<ReceiveBuffer>()
    swap(&wire, &self.wire)
    defer { swap(&wire, &self.wire) }
    var (step, consumed) = (TLSStep.needMore, 0)
    let isFilled = buffer.fill(behind: &tail) { output in
      step = session.receive(wire[].bytes, consumed: &consumed, pipe, into: &output)
    }
    var nothing = TailBuffer()
    let count = wire[].bytes.count
    wire[].finish(consumed: count, tail: &nothing)
    guard isFilled else { throw SystemError("read from the broker", code: ENOBUFS) }
    return step
  }
}
