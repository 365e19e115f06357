import CLinux
import Glibc

/// Sockets that the service manager has opened for the process: sd_listen_fds(3). Those that nobody
/// takes are closed with this.
public struct InheritedSockets: ~Copyable {
  /// What a socket is open for.
  public enum Place: Equatable, Sendable {
    /// TCP connections to an address.
    case stream(SocketAddress)
    /// UDP datagrams to an address.
    case datagrams(SocketAddress)
    /// Connections to a Unix socket.
    case path(String)
    /// Anything else.
    case other
  }

  /// A socket as the manager gives it.
  public struct Entry: Sendable {
    let number: Int32
    /// The name that the manager has for it.
    public let name: String
    /// What it is open for.
    public let place: Place
    /// Whether it is for IPv4 too, at an address of IPv6.
    let isForBoth: Bool
  }

  /// Those that nobody has taken yet.
  public private(set) var entries: [Entry] = []
  /// Those for both families that were there: taken ones too.
  private var placesForBoth: [Place] = []
  private static let first: Int32 = 3

  /// The sockets that the environment tells of, which does not tell of them any more then.
  public init() {
    defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) } }
    guard let process = Environment["LISTEN_PID"].flatMap(Int32.init), process == getpid(),
      let count = Environment["LISTEN_FDS"].flatMap(Int32.init), (1...1024).contains(count)
    else { return }
    let names = (Environment["LISTEN_FDNAMES"] ?? "").split(
      separator: ":", omittingEmptySubsequences: false)
    for index in 0..<count {
      let name = Int(index) < names.count ? String(names[Int(index)]) : "unknown"
      append(Self.first + index, name)
    }
  }

  private mutating func append(_ number: Int32, _ name: String) {
    let flags = fcntl(number, F_GETFL)
    guard flags >= 0 else { return }
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    _ = fcntl(number, F_SETFL, flags | O_NONBLOCK)
    let place = Place(of: number)
    let isForBoth = linux_option(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY) == 0
    entries.append(Entry(number: number, name: name, place: place, isForBoth: isForBoth))
    if isForBoth { placesForBoth.append(place) }
  }

  /// Closes those that nobody has taken.
  public mutating func closeRest() {
    for entry in entries { _ = close(entry.number) }
    entries.removeAll()
  }

  deinit { for entry in entries { _ = close(entry.number) } }

  /// The socket for `place`, which is the caller's then; nil where there is none.
  public mutating func take(_ place: Place) -> Descriptor? {
    guard place != .other, let index = entries.firstIndex(where: { $0.place == place }) else {
      return nil
    }
    return Descriptor(owning: entries.remove(at: index).number)
  }

  /// Whether a socket for the same port of every address of IPv6 serves `place` too, which is every
  /// address of IPv4.
  public func covers(_ place: Place) -> Bool {
    guard let other = place.ofIPv6 else { return false }
    return placesForBoth.contains(other)
  }
}

extension InheritedSockets.Place {
  fileprivate init(of number: Int32) {
    let type = linux_option(number, SOL_SOCKET, SO_TYPE)
    let isListening =
      type == linux_stream_type() && linux_option(number, SOL_SOCKET, SO_ACCEPTCONN) == 1
    self = .other
    guard let address = SocketAddress(localOf: number) else { return }
    if address.family == .unix {
      if isListening, let path = unixPath(of: number) { self = .path(path) }
    } else if isListening {
      self = .stream(address)
    } else if type == linux_datagram_type() {
      self = .datagrams(address)
    }
  }

  /// The same port of every address of IPv6, where this is every one of IPv4.
  fileprivate var ofIPv6: Self? {
    switch self {
    case .stream(let address) where address.isUnspecified && address.family == .ipv4:
      .stream(.everyIPv6(port: address.port))
    case .datagrams(let address) where address.isUnspecified && address.family == .ipv4:
      .datagrams(.everyIPv6(port: address.port))
    default: nil
    }
  }
}

extension InheritedSockets.Place: CustomStringConvertible {
  /// "TCP 127.0.0.1:1883", "UDP 127.0.0.1:1884", a path.
  public var description: String {
    switch self {
    case .stream(let address): "TCP \(address)"
    case .datagrams(let address): "UDP \(address)"
    case .path(let path): path
    case .other: "no socket that listens"
    }
  }
}

extension SocketAddress {
  fileprivate static func everyIPv6(port: UInt16) -> SocketAddress {
    SocketAddress(family: .ipv6, port: port)
  }
}

/// The path that a Unix socket is bound to; nil where it has none.
private func unixPath(of number: Int32) -> String? {
  var address = sockaddr_un()
  var length = socklen_t(MemoryLayout<sockaddr_un>.size)
  guard linux_local_address(number, &address, &length) == 0 else { return nil }
  let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
  let octets = withUnsafeBytes(of: address) { Array($0[start..<max(start, Int(length))]) }
  let path = octets.prefix { $0 != 0 }
  return path.isEmpty ? nil : String(decoding: path, as: UTF8.self)
}
