import Datagrams
import MQTTSNCodec
import MQTTTerms
import Reactor
import SerialFraming

/// What carries a node's datagrams: a UDP socket of its own or a serial line, with a forwarder's
/// envelope around them or without.
struct NodeLine: ~Copyable {
  /// The longest message over UDP: what fits one datagram.
  static var datagramSize: Int { 65_507 }

  /// The descriptor to watch for reading, and for writing after `flush` was blocked.
  let number: Int32
  private var socket: UDPSocket?
  private let gateway: SocketAddress
  private var batch = DatagramBatch()
  private var serial: SerialLine?
  private var reader: LineReader<2048>
  private let writer: LineWriter
  private let forwardedNode: [UInt8]?

  /// Opens the way to the gateway. Looking up a name may block for seconds.
  static func open(_ route: GatewayRoute) throws(SystemError) -> NodeLine {
    switch route.way {
    case .udp(let host, let port):
      let gateway = try SocketAddress.resolve(host: host, port: port)[0]
      return try NodeLine(toward: gateway, route.forwardedNode)
    case .serial(let path, let baud, let format):
      let serial = try SerialLine(path: path, baud: baud)
      return NodeLine(serial, format, route.forwardedNode)
    }
  }

  private init(toward gateway: SocketAddress, _ node: [UInt8]?) throws(SystemError) {
    let any = try SocketAddress.resolve(
      host: gateway.family == .ipv6 ? "::" : "0.0.0.0", port: 0)
    let opened = try UDPSocket(address: any[0], datagramSize: Self.datagramSize)
    self.gateway = gateway
    forwardedNode = node
    number = opened.number
    socket = consume opened
    reader = LineReader(.hdlc)
    writer = LineWriter(.hdlc)
  }

  private init(_ opened: consuming SerialLine, _ format: LineFormat, _ node: [UInt8]?) {
    gateway = .unix
    forwardedNode = node
    number = opened.number
    serial = consume opened
    reader = LineReader(format)
    writer = LineWriter(format)
  }

  /// The longest message in octets.
  var messageLimit: Int {
    (serial == nil ? Self.datagramSize : writer.limit) - (forwardedNode.map { 3 + $0.count } ?? 0)
  }

  /// How many octets wait for a serial line to take them.
  var pendingCount: Int {
    switch serial {
    case let serial?: serial.pendingCount
    case nil: 0
    }
  }

  /// Adds the messages that have come from the gateway to `messages`.
  mutating func receive(
    into messages: inout [[UInt8]], at now: TickTime
  ) throws(SystemError) {
    if let opened = socket.take() {
      socket = try receive(opened, into: &messages)
    } else if let opened = serial.take() {
      serial = try receive(opened, into: &messages, at: now)
    }
  }

  private func receive(
    _ opened: consuming UDPSocket, into messages: inout [[UInt8]]
  ) throws(SystemError) -> UDPSocket {
    var socket = opened
    let count = try socket.receiveBatch()
    // What others send is none of the node's business.
    for index in 0..<count where socket.peer(at: index) == gateway {
      add(socket.datagram(at: index), to: &messages)
    }
    return socket
  }

  private mutating func receive(
    _ opened: consuming SerialLine, into messages: inout [[UInt8]], at now: TickTime
  ) throws(SystemError) -> SerialLine {
    var line = opened
    switch line.receive() {
    case .bytes:
      var next = 0
      while reader.push(line.received, from: &next, at: now) { add(reader.frame, to: &messages) }
    case .wouldBlock: break
    case .closed: throw SystemError("read \(line.path)", reason: "The other side has hung up")
    case .failed(let code): throw SystemError("read \(line.path)", code: code)
    }
    return line
  }

  private func add(_ datagram: Span<UInt8>, to messages: inout [[UInt8]]) {
    guard let forwardedNode else { return messages.append(Array(datagram)) }
    guard let envelope = try? ForwarderEnvelope(datagram), Array(envelope.nodeID) == forwardedNode
    else { return }
    messages.append(Array(envelope.message))
  }

  /// Lets a message wait for the flush.
  mutating func send(_ message: [UInt8]) throws(SystemError) {
    let datagram = envelope + message
    if serial == nil {
      batch.append(datagram.span, to: gateway)
    } else {
      try write(datagram)
    }
  }

  /// What stands before each message: the header of the forwarder's envelope, or nothing.
  private var envelope: [UInt8] {
    guard let forwardedNode else { return [] }
    return [UInt8(clamping: 3 + forwardedNode.count), MessageType.encapsulated.rawValue, 0]
      + forwardedNode
  }

  private mutating func write(_ datagram: [UInt8]) throws(SystemError) {
    let isOpening = pendingCount == 0
    var failure: FramingError?
    var frame = [UInt8](
      repeating: 0, count: writer.maximumSize(bodyCount: datagram.count))
    let count = frame.withUnsafeMutableBytes { buffer in
      var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
      do throws(FramingError) {
        try writer.encode(datagram.span, isOpening: isOpening, into: &output)
      } catch { failure = error }
      return output.finalize(for: buffer)
    }
    if failure != nil {
      throw SystemError("send to the gateway", reason: "A message of this length has no frame")
    }
    serial?.write(frame.span.extracting(0..<count))
  }

  /// Sends what waits. False: the serial line does not take all of it now.
  mutating func flush() throws(SystemError) -> Bool {
    if !batch.isEmpty { batch.flush(to: number) }
    switch serial?.flush() ?? .drained {
    case .drained: return true
    case .blocked: return false
    case .failed(let code): throw SystemError("write to the gateway", code: code)
    }
  }
}

extension Array<UInt8> {
  /// The same octets, of one's own.
  init(_ octets: Span<UInt8>) {
    self = octets.withUnsafeBufferPointer { Array($0) }
  }
}
