import MQTTSNGateway
import Reactor

/// Where a listed node may be.
public enum NodePlace: Sendable {
  /// Anywhere.
  case anywhere
  /// At the address of a host, whatever its port.
  case host(SocketAddress)
  /// On the serial line with that path.
  case serial(String)
}

extension GatewayService {
  /// Lists a node as a user, after the serial lines were added; false when its place is a line that
  /// there is not.
  public mutating func list(
    _ clientID: String, as userName: String, at place: NodePlace
  ) -> Bool {
    guard let place = known(place) else { return false }
    gateway.knownNodes.append(
      clientID: Array(clientID.utf8).span, userName: Array(userName.utf8).span, place: place)
    return true
  }

  private func known(_ place: NodePlace) -> KnownNodes.Place? {
    switch place {
    case .anywhere: return .anywhere
    case .host(let host):
      let words = NodeAddress(host, line: 0).words
      // The family, not the port and the interface.
      return .address(words, mask: .init(.max, .max, 0xFF << 48))
    case .serial(let path):
      for index in 0..<ports.count where ports[index].settings.path == path {
        return .line(LineNumber.port(index))
      }
      return nil
    }
  }
}
