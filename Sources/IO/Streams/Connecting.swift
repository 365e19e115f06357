import CLinux
import Glibc
import Reactor

/// What is done to a connected socket, or to get one. Everything is nonblocking.
public enum TCPStream {
  /// Starts to connect to `address`. The socket becomes writable when that has ended: then ask
  /// `connectFailure`. Where there are `sources` (port 0), it is connected from the one of its family.
  public static func connect(
    to address: SocketAddress, from sources: [SocketAddress] = []
  ) throws(SystemError) -> Descriptor {
    let number = linux_socket(address.systemFamily, linux_stream_type())
    guard number >= 0 else { throw .last("open a socket for \(address)") }
    let descriptor = Descriptor(owning: number)
    if !sources.isEmpty { try bind(descriptor.number, to: sources, of: address.systemFamily) }
    let status = address.withSystemForm { linux_connect(number, $0, $1) }
    guard status == 0 || errno == EINPROGRESS else { throw .last("connect to \(address)") }
    return descriptor
  }

  private static func bind(
    _ number: Int32, to sources: [SocketAddress], of family: Int32
  ) throws(SystemError) {
    guard let source = sources.first(where: { $0.systemFamily == family }) else {
      throw SystemError("connect from \(sources[0])", code: EAFNOSUPPORT)
    }
    let status = source.withSystemForm { linux_bind(number, $0, $1) }
    guard status == 0 else { throw .last("connect from \(source)") }
  }

  /// Why the attempt on the socket `number` failed, or nothing when it succeeded. Ask once, when
  /// the socket has become writable.
  public static func connectFailure(
    _ number: Int32, to address: SocketAddress
  ) -> SystemError? {
    let code = linux_pending_error(number)
    return code == 0 ? nil : SystemError("connect to \(address)", code: code)
  }

  /// Sends small packets at once (TCP_NODELAY). Does nothing on Unix sockets.
  public static func setNoDelay(_ number: Int32) { _ = linux_set_no_delay(number) }

  /// Has the kernel ask a silent peer whether it is there: after `idle` seconds, every `interval`
  /// seconds, and no more than `count` times.
  public static func setKeepAlive(
    _ number: Int32, idle: Int32, interval: Int32, count: Int32
  ) throws(SystemError) {
    guard linux_set_keep_alive(number, idle, interval, count) == 0 else {
      throw .last("set TCP keep alive")
    }
  }

  /// Ends the connection when sent octets stay unacknowledged for that time.
  public static func setUserTimeout(
    _ number: Int32, milliseconds: Int32
  ) throws(SystemError) {
    guard linux_set_user_timeout(number, milliseconds) == 0 else {
      throw .last("set the TCP user timeout")
    }
  }

  /// Asks for a kernel send buffer of `byteCount` octets (the kernel doubles it).
  public static func setSendBuffer(_ number: Int32, byteCount: Int32) {
    _ = linux_set_option(number, SOL_SOCKET, SO_SNDBUF, byteCount)
  }

  /// Says that nothing more will be sent; the peer reads the end, and may still send.
  public static func finishSending(_ number: Int32) { _ = shutdown(number, Int32(SHUT_WR)) }

  /// Reads once into `room`.
  public static func read(
    _ number: Int32, into room: UnsafeMutableRawBufferPointer
  ) -> ReadResult {
    ReadResult(returned: recv(number, room.baseAddress, room.count, 0))
  }
}
