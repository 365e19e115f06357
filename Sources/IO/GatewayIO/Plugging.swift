import Datagrams
import Reactor
import SessionLink
import Slabs

extension GatewayService {
  /// Asks udev once to tell when ports are plugged in. Without udev lines are tried by the clock.
  mutating func watchPlugs(_ reactor: inout Reactor) {
    guard !asksForPlugs, ports.count > 0 else { return }
    asksForPlugs = true
    guard let opened = SerialPlugs() else { return }
    do {
      try reactor.add(
        opened.number, token: token(ofLine: LineNumber.plugs), interest: .readable)
      plugs = consume opened
    } catch { notices.append(.failed(error)) }
  }

  /// Takes what udev has told.
  mutating func takePlugs(_ reactor: inout Reactor, at now: LinkTime) {
    guard plugs?.takePlugs() ?? false else { return }
    reopenPorts(&reactor, at: now)
  }

  /// A port has been plugged in, it may be any: tries all lines that are closed at once.
  mutating func reopenPorts(_ reactor: inout Reactor, at now: LinkTime) {
    for index in 0..<ports.count where ports[index].port == nil {
      ports[index].schedule.succeeded()
      ports[index].openAt = now
    }
    openPorts(&reactor, at: now)
  }
}
