import ConfigurationFile
import Reactor

// Sockets that the service manager has opened: a listener takes the one that is at its place.
extension Daemon {
  /// The manager's socket for a listener's place; nil where it has none.
  mutating func inherit(_ place: InheritedSockets.Place) -> Descriptor? {
    guard let socket = inherited.take(place) else { return nil }
    log.write(.information, "Taking over \(place) from the service manager.")
    return socket
  }

  /// What is left over would take connections that nobody serves.
  mutating func closeInherited() {
    for entry in inherited.entries {
      log.write(
        .error,
        "Error: The service manager's socket \"\(entry.name)\" (\(entry.place)) fits no listener.")
    }
    inherited.closeRest()
  }
}

extension ListenerSettings {
  /// How a socket of the service manager must be open to serve at `address`.
  func inheritedPlace(at address: SocketAddress) -> InheritedSockets.Place {
    speech == .mqttsn ? .datagrams(address) : .stream(address)
  }
}
