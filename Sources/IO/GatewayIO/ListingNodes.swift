import MQTTSNGateway
import Reactor

/// Where a listed node may be.
public enum NodePlace: Sendable, Equatable {
  /// Anywhere.
  case anywhere
  /// At one of a host's addresses, whatever their ports.
  case host([SocketAddress])
  /// On the serial line with that path.
  case serial(String)
  /// On UDP, at the sockets with that port.
  case socket(port: UInt16)
}

extension GatewayService {
  /// Lists a node as a user, after all lines were added; false when its place is a line that there is
  /// not.
  public mutating func list(
    _ clientID: String, as userName: String, at place: NodePlace
  ) -> Bool {
    let places = known(place)
    for place in places {
      gateway.knownNodes.append(
        clientID: Array(clientID.utf8).span, userName: Array(userName.utf8).span, place: place)
    }
    guard places.isEmpty else { return true }
    gateway.knownNodes.append(
      clientID: Array(clientID.utf8).span, userName: Array(userName.utf8).span, place: .nowhere)
    return false
  }

  private func known(_ place: NodePlace) -> [KnownNodes.Place] {
    switch place {
    case .anywhere: [.anywhere]
    case .host(let addresses):
      addresses.map { address in
        // The family, not the port and the interface.
        .address(NodeAddress(address, line: 0).words, mask: .init(.max, .max, 0xFF << 48))
      }
    case .serial(let path):
      (0..<ports.count).filter { ports[$0].settings.path == path }
        .map { .line(LineNumber.port($0)) }
    case .socket(let port):
      (0..<sockets.count).filter { sockets[$0].isOpen(at: port) }
        .map { .line(LineNumber.socket($0)) }
    }
  }
}

extension SocketLine {
  /// Whether nodes live behind it, at that port.
  fileprivate func isOpen(at port: UInt16) -> Bool {
    answeringLine == nil && socket.localAddress.port == port
  }
}
