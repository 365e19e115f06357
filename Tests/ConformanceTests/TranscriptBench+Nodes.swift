import MQTTSNGateway
import SessionLink
import Slabs

// The gateway beside the broker: what the daemon does with both.
extension TranscriptBench {
  /// Lets a datagram reach the gateway, and all that follows from it happen.
  mutating func feed(_ datagram: [UInt8], from address: NodeAddress) throws {
    gateway.take(
      datagram.span, from: address, at: now, hub: &service.broker, links: &service.links,
      commands: &service.commands)
    try settle()
  }

  /// Lets the gateway do what is due.
  mutating func advanceGateway() {
    gateway.advance(to: now, links: &service.links, messages: &service.broker.messages)
    gateway.tellEvents(at: now, hub: &service.broker, commands: &service.commands)
    service.perform(at: now)
  }

  /// Hands commands to the gateway and what follows from them back, until neither side has any.
  /// True when there were some.
  mutating func exchange() -> Bool {
    service.perform(at: now)
    guard !service.foreign.commands.isEmpty else { return false }
    while !service.foreign.commands.isEmpty {
      var taken = CommandQueue()
      swap(&taken, &service.foreign)
      for index in 0..<taken.commands.count {
        let command = taken.commands[index]
        gateway.perform(
          command, of: taken, at: now, links: &service.links, messages: &service.broker.messages)
        if case .deliver(let message, _) = command { service.broker.messages.release(message) }
      }
      gateway.tellEvents(at: now, hub: &service.broker, commands: &service.commands)
      service.perform(at: now)
    }
    return true
  }

  /// Collects what the gateway has sent.
  mutating func collect() {
    for index in 0..<gateway.output.count {
      let octets = TranscriptBench.octets(gateway.output, index)
      switch gateway.output.destination(at: index) {
      case .node(let address): datagrams.append(NodeDatagram(octets, to: address))
      case .everybody, .line: datagrams.append(NodeDatagram(toEverybody: octets))
      }
    }
    gateway.output.removeAll()
    while let notice = gateway.nextNotice() { notices.append("\(notice.kind)") }
  }

  private static func octets(_ output: borrowing DatagramOutput, _ index: Int) -> [UInt8] {
    let span = output.datagram(at: index)
    return span.indices.map { span[$0] }
  }

  /// Takes the next datagram to a place (nothing for everybody).
  mutating func takeDatagram(to place: NodePlace?) -> NodeDatagram? {
    guard let index = datagrams.firstIndex(where: { $0.place == place }) else { return nil }
    return datagrams.remove(at: index)
  }

  /// What was counted, gateway and broker, by the names of the counters.
  var counters: [String: String] {
    var found: [String: String] = [:]
    for value in [gateway.counters, gateway.counters.malformed, service.broker.statistics] as [Any]
    {
      for child in Mirror(reflecting: value).children {
        if let label = child.label { found[label] = "\(child.value)" }
      }
    }
    return found
  }
}
