import Reactor
import SessionLink

extension PeerAddress {
  /// The address of a connection's other end.
  public init(_ address: SocketAddress) {
    let family: Family =
      switch address.family {
      case .ipv4: .ipv4
      case .ipv6: .ipv6
      case .unix: .unknown
      }
    self.init(family: family, port: address.port, octets: address.octets)
  }
}

extension SocketAddress {
  /// The same address for the log; nil for what is no socket.
  public init?(_ address: PeerAddress) {
    let octets = address.octets
    switch address.family {
    case .ipv4:
      self = .ipv4(octets[0], octets[1], octets[2], octets[3], port: address.port)
    case .ipv6: self = .ipv6(octets, port: address.port)
    case .unknown, .line: return nil
    }
  }
}
