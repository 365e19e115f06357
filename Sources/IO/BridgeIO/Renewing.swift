import MQTTBridge
import Reactor
import SessionLink
import Slabs

/// A bridge of a configuration that was read again.
public struct RenewedBridge {
  /// How a bridge that is there already is to be treated.
  public enum Change: Sendable {
    /// Nothing but its files may be different.
    case none
    /// It is different from its next connection on.
    case later
    /// It is different now.
    case now
  }

  /// The bridge.
  public var setup: BridgeSetup
  /// What has changed about it.
  public var change: Change

  /// That bridge, with that change.
  public init(_ setup: BridgeSetup, _ change: Change) {
    self.setup = setup
    self.change = change
  }
}

// Bridges that change while the daemon runs.
extension BridgeService {
  /// Makes the bridges those of `renewed`: ends the ones that are not among them, starts new ones.
  public mutating func renew<H: Hub & ~Copyable>(
    _ renewed: [RenewedBridge], links: inout LinkTable, hub: inout H,
    commands: inout CommandQueue, reactor: inout Reactor, at now: LinkTime
  ) {
    for slot in 0..<lines.indexBound where lines.id(at: slot) != nil {
      let name = lines[slot].setup.name
      if !renewed.contains(where: { $0.setup.name == name }) {
        remove(slot, links: &links, hub: &hub, commands: &commands, at: now)
      }
    }
    for one in renewed {
      if let slot = slot(named: one.setup.name) {
        change(slot, one, links: &links, hub: &hub, commands: &commands, at: now)
        serve(
          slot, links: &links, hub: &hub, commands: &commands, reactor: &reactor, at: now)
      } else {
        add(one.setup, links: &links, hub: &hub, commands: &commands, at: now)
      }
    }
  }

  private func slot(named name: String) -> Int? {
    for slot in 0..<lines.indexBound
    where lines.id(at: slot) != nil && lines[slot].setup.name == name {
      return slot
    }
    return nil
  }

  private mutating func change<H: Hub & ~Copyable>(
    _ slot: Int, _ renewed: RenewedBridge, links: inout LinkTable, hub: inout H,
    commands: inout CommandQueue, at now: LinkTime
  ) {
    if case .none = renewed.change {
      // What the files of TLS say counts from the next connection on.
      if lines[slot].nextSetup == nil {
        lines[slot].setup.transport = renewed.setup.transport
      } else {
        lines[slot].nextSetup = renewed.setup
      }
      return
    }
    lines[slot].nextSetup = renewed.setup
    if case .later = renewed.change, lines[slot].phase != .closed { return }
    renew(slot, links: &links, hub: &hub, commands: &commands, at: now)
  }

  /// Puts a bridge with the next options in the place of another one. What waits for it stays, unless
  /// it is somebody else for the hub.
  mutating func renew<H: Hub & ~Copyable>(
    _ slot: Int, links: inout LinkTable, hub: inout H, commands: inout CommandQueue,
    at now: LinkTime
  ) {
    guard var setup = lines[slot].nextSetup.take() else { return }
    let before = lines[slot].bridge.options
    let isSame = before.local == setup.options.local && before.keepsSession
    lines[slot].bridge.retire(
      keepingSession: isSame, hub: &hub, commands: &commands, at: now)
    lines[slot].close(&pool, at: now)
    collectNotices(slot)
    if isSame {
      // What was to be given up before, and could not be yet, is to be given up still.
      let former = lines[slot].bridge.hasConnected ? [] : before.formerTopics
      setup.options.formerTopics = (before.topics + former).filter {
        !setup.options.topics.contains($0)
      }
    }
    // What the hub has still to say to the one before is not for the next one.
    _ = links.remove(lines[slot].link)
    let link = links.insert(LinkOwner(service: service, slot: UInt32(slot)))
    lines[slot].link = link
    lines[slot].bridge = Bridge(setup.options, link: link, seed: nextSeed())
    lines[slot].setup = setup
    lines[slot].bridge.start(hub: &hub, commands: &commands, at: now)
  }

  private mutating func remove<H: Hub & ~Copyable>(
    _ slot: Int, links: inout LinkTable, hub: inout H, commands: inout CommandQueue,
    at now: LinkTime
  ) {
    lines[slot].bridge.retire(
      keepingSession: false, hub: &hub, commands: &commands, at: now)
    lines[slot].close(&pool, at: now)
    collectNotices(slot)
    _ = links.remove(lines[slot].link)
    if let id = lines.id(at: slot) { _ = lines.remove(id) }
  }
}
