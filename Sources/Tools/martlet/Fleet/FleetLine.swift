import Datagrams
import FleetModel
import MQTTTerms
import Reactor
import SerialFraming
import Slabs

/// What one simulated node hangs on: a UDP socket of its own, or a serial line.
struct FleetLine: ~Copyable {
  /// The descriptor to watch for reading.
  let number: Int32
  private var socket: UDPSocket?
  private let gateway: SocketAddress
  private var line: SerialLine?
  private var reader: LineReader<2048>
  private let writer: LineWriter

  /// A socket of its own, so that each node has another address.
  init(toward gateway: SocketAddress) throws(SystemError) {
    let any = try SocketAddress.resolve(
      host: gateway.family == .ipv6 ? "::" : "0.0.0.0", port: 0)
    let opened = try UDPSocket(address: any[0], datagramSize: 512)
    number = opened.number
    socket = consume opened
    self.gateway = gateway
    reader = LineReader(.hdlc)
    writer = LineWriter(.hdlc)
  }

  /// A serial line.
  init(path: String, baud: Int, format: LineFormat) throws(SystemError) {
    gateway = .unix
    let opened = try SerialLine(path: path, baud: baud)
    number = opened.number
    line = consume opened
    reader = LineReader(format)
    writer = LineWriter(format)
  }

  /// Gives the node what has come.
  mutating func receive(_ node: inout FleetNode, at now: UInt64) throws(SystemError) {
    if let opened = socket.take() {
      socket = try Self.receive(opened, &node, at: now)
    } else if let opened = line.take() {
      line = try receive(opened, &node, at: now)
    }
  }

  private static func receive(
    _ opened: consuming UDPSocket, _ node: inout FleetNode, at now: UInt64
  ) throws(SystemError) -> UDPSocket {
    var socket = opened
    let count = try socket.receiveBatch()
    for index in 0..<count { node.receive(socket.datagram(at: index), at: now) }
    return socket
  }

  private mutating func receive(
    _ opened: consuming SerialLine, _ node: inout FleetNode, at now: UInt64
  ) throws(SystemError) -> SerialLine {
    var line = opened
    let tick = TickTime(milliseconds: UInt32(truncatingIfNeeded: now))
    switch line.receive() {
    case .bytes:
      var next = 0
      while reader.push(line.received, from: &next, at: tick) {
        node.receive(reader.frame, at: now)
      }
    case .wouldBlock: break
    case .closed: throw SystemError("read \(line.path)", reason: "The other side has hung up")
    case .failed(let code): throw SystemError("read \(line.path)", code: code)
    }
    return line
  }

  /// Sends all that the node has to say; `batch` and `frame` are room for it.
  mutating func send(
    _ node: inout FleetNode, _ batch: inout DatagramBatch, _ frame: inout Slab<UInt8>
  ) {
    var isMore = true
    while isMore {
      var datagram = Slab<UInt8>(capacity: 256)
      datagram.write(room: 256) { output in isMore = node.nextTransmit(into: &output) }
      guard isMore else { break }
      if line == nil {
        batch.append(datagram.span, to: gateway)
      } else {
        write(datagram.span, &frame)
      }
    }
    if !batch.isEmpty { batch.flush(to: number) }
    _ = line?.flush()
  }

  private mutating func write(_ datagram: Span<UInt8>, _ frame: inout Slab<UInt8>) {
    let isOpening = line?.pendingCount ?? 0 == 0
    frame.removeAll()
    // A reading is far below the longest frame.
    try? frame.write(room: FrameWriter.maximumSize(bodyCount: datagram.count)) {
      (output) throws(FramingError) in
      try writer.encode(datagram, isOpening: isOpening, into: &output)
    }
    line?.write(frame.span)
  }
}
