import SessionLink

// From the machine to a hub: what every shell does with a step.
extension Gateway {
  /// Takes in one datagram and tells the hub all that came of it. What the hub wants done is in
  /// `commands` then.
  public mutating func take<Links: Hub & ~Copyable>(
    _ datagram: Span<UInt8>, from address: NodeAddress, at now: LinkTime, hub: inout Links,
    links: inout LinkTable, commands: inout CommandQueue
  ) {
    tell(datagram, from: address, at: now, hub: &hub, links: &links, commands: &commands)
    tellEvents(at: now, hub: &hub, commands: &commands)
  }

  /// The same for a datagram that was sent to everybody on a line, by multicast: a search for a
  /// gateway, or a message of QoS −1. Everything else is passed over.
  public mutating func takeBroadcast<Links: Hub & ~Copyable>(
    _ datagram: Span<UInt8>, from address: NodeAddress, at now: LinkTime, hub: inout Links,
    commands: inout CommandQueue
  ) {
    let step = receiveBroadcast(datagram, from: address, at: now)
    guard case .anonymous(let publish, let sender) = step else { return }
    hub.receiveAnonymous(publish, from: sender, at: now, commands: &commands)
  }

  /// Tells the hub what borrows nothing: after `perform` and `advance`.
  public mutating func tellEvents<Links: Hub & ~Copyable>(
    at now: LinkTime, hub: inout Links, commands: inout CommandQueue
  ) {
    while let next = nextEvent() {
      hub.handle(next.event, from: next.link, at: now, commands: &commands)
    }
  }

  private mutating func tell<Links: Hub & ~Copyable>(
    _ datagram: Span<UInt8>, from address: NodeAddress, at now: LinkTime, hub: inout Links,
    links: inout LinkTable, commands: inout CommandQueue
  ) {
    let step = receive(
      datagram, from: address, at: now, links: &links, messages: &hub.messages)
    switch step {
    case .none: break
    case .event(let link, let event):
      hub.handle(event, from: link, at: now, commands: &commands)
    case .anonymous(let publish, let sender):
      hub.receiveAnonymous(publish, from: sender, at: now, commands: &commands)
    }
  }
}
