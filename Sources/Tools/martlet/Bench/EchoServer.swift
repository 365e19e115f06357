import CommandKit
import Datagrams
import Glibc
import Reactor

/// The yardstick: what a UDP service costs that does nothing.
enum EchoServer {
  /// Serves at a port of 127.0.0.1 until a signal comes; prints where.
  static func serve(port: UInt16, _ output: inout StandardOutput) throws(BenchError) {
    do throws(SystemError) { try run(port: port, &output) } catch { throw BenchError(error) }
  }

  private static func run(port: UInt16, _ output: inout StandardOutput) throws(SystemError) {
    let signals = try SignalReader(SIGINT, SIGTERM)
    var socket = try UDPSocket(address: .ipv4(127, 0, 0, 1, port: port))
    socket.setReceiveBuffer(byteCount: 1 << 22)
    var reactor = try Reactor()
    try reactor.add(socket.number, token: 0, interest: .readable)
    try reactor.add(signals.number, token: 1, interest: .readable)
    output.write(line: "echo on udp://\(socket.localAddress)")
    output.flush()
    while true {
      try reactor.wait(timeoutMilliseconds: nil)
      for index in 0..<reactor.eventCount {
        if reactor.event(at: index).token == 1 { return }
        try sendBack(&socket)
      }
    }
  }

  /// Takes as many batches at a time as the gateway's sockets do.
  private static func sendBack(_ socket: inout UDPSocket) throws(SystemError) {
    for _ in 0..<4 {
      let count = try socket.receiveBatch()
      if count > 0 { _ = socket.inbox.sendBack(through: socket.number) }
      if count < DatagramInbox.capacity { return }
    }
  }
}
