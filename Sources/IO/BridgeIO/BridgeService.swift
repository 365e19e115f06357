import MQTTBridge
import Reactor
import SessionLink
import Slabs
import Streams

/// The bridges on their sockets: dials, reads octets, hands events to the hub, performs its commands,
/// writes.
///
/// It decides nothing about MQTT. The hub, its links and the queue of its commands are the wiring's;
/// whatever this service appends to `commands` has to be performed before the tick ends.
public struct BridgeService: ~Copyable {
  /// What happened since the wiring looked last.
  public var notices = Slab<BridgeIONotice>()

  var lines = SlotTable<BridgeLine>()
  var pool = BlockPool()
  var resolver: NameResolver?
  let service: UInt8
  private var seed: UInt64
  /// How many bridges there were.
  private var addedCount: UInt32 = 0

  /// A service that has the number `service` in the link table and in the high octet of its reactor
  /// tokens. `seed` makes bridges wait for different times.
  public init(service: UInt8, seed: UInt64) {
    self.service = service
    self.seed = seed
  }

  /// How many bridges there are.
  public var count: Int { lines.count }

  /// Adds a bridge and starts it.
  public mutating func add<H: Hub & ~Copyable>(
    _ setup: BridgeSetup, links: inout LinkTable, hub: inout H, commands: inout CommandQueue,
    at now: LinkTime
  ) {
    let link = links.insert(LinkOwner(service: service, slot: 0))
    let bridge = Bridge(setup.options, link: link, seed: nextSeed())
    let id = lines.insert(BridgeLine(setup, bridge, link: link))
    links[Int(link.index)].slot = id.index
    // A name that was looked up for the one before in that slot is not for this one.
    addedCount &+= 1
    lines[Int(id.index)].attempt = addedCount << 20
    lines[Int(id.index)].bridge.start(hub: &hub, commands: &commands, at: now)
  }

  mutating func nextSeed() -> UInt64 {
    seed = NameHash.mix(seed | 1, 0x9E37_79B9_7F4A_7C15)
    return seed
  }

  /// The bridge behind a link; nothing for other services' links and for those of before.
  func line(of link: LinkID, _ links: borrowing LinkTable) -> Int? {
    guard links.contains(link), links[Int(link.index)].service == service else { return nil }
    let slot = Int(links[Int(link.index)].slot)
    return lines.id(at: slot) == nil ? nil : slot
  }

  /// Performs the commands of `queue` that are meant for bridges. The queue stays as it is.
  public mutating func perform<H: Hub & ~Copyable>(
    _ queue: borrowing CommandQueue, links: borrowing LinkTable, hub: inout H,
    commands: inout CommandQueue, at now: LinkTime
  ) {
    guard lines.count > 0 else { return }
    for position in 0..<queue.commands.count {
      let command = queue.commands[position]
      if case .deliver(let message, let recipients) = command {
        for k in Int(recipients.start)..<Int(recipients.end) {
          let recipient = queue.recipients[k]
          guard let slot = line(of: recipient.link, links) else { continue }
          lines[slot].bridge.deliver(
            message, to: recipient, hub: &hub, commands: &commands, at: now)
        }
      } else if let link = command.link, let slot = line(of: link, links) {
        lines[slot].bridge.perform(
          command, of: queue, hub: &hub, commands: &commands, at: now)
      }
    }
  }

  /// Does what time demands.
  public mutating func advance<H: Hub & ~Copyable>(
    to now: LinkTime, hub: inout H, commands: inout CommandQueue
  ) {
    for slot in 0..<lines.indexBound where lines.id(at: slot) != nil {
      lines[slot].bridge.advance(to: now, hub: &hub, commands: &commands)
    }
  }

  /// When `advance` has something to do.
  public var nextDeadline: LinkTime? {
    var earliest: LinkTime?
    for slot in 0..<lines.indexBound where lines.id(at: slot) != nil {
      guard let deadline = lines[slot].bridge.nextDeadline else { continue }
      earliest = min(deadline, earliest ?? deadline)
    }
    return earliest
  }

  /// Collects what the machine of a line has to say.
  mutating func collectNotices(_ slot: Int) {
    while let notice = lines[slot].bridge.nextNotice() {
      notices.append(
        BridgeIONotice(
          name: lines[slot].setup.name, place: placeText(of: notice, slot), notice: notice))
    }
  }

  private func placeText(of notice: BridgeNotice, _ slot: Int) -> String {
    let places = lines[slot].setup.places
    let index: Int
    switch notice {
    case .connecting(let address), .unreachable(let address, _), .connected(let address),
      .refused(let address, _), .ended(let address, _):
      index = address
    default: index = lines[slot].place
    }
    return index < places.count ? places[index].text : ""
  }
}

extension LinkCommand {
  /// The one link that the command is for; nil for deliveries.
  var link: LinkID? {
    switch self {
    case .deliver: nil
    case .opened(let link, _), .challenge(let link, _, _), .refused(let link, _),
      .acknowledge(let link, _, _), .confirm(let link, _, _), .release(let link, _, _),
      .complete(let link, _, _), .subscribed(let link, _, _), .unsubscribed(let link, _, _),
      .willUpdated(let link, _), .drained(let link), .close(let link, _):
      link
    }
  }
}
