import Glibc
import MQTTBridge
import Reactor
import SessionLink
import Slabs
import Streams

/// Above this many octets the remote broker counts as slow and gets no further deliveries …
private let slowPeerMark = 1 << 20
/// … until only this many are left.
private let resumeMark = 1 << 18
/// By how many octets the answers to a remote broker that does not read may grow.
private let answerLimit = 1 << 22

// Octets between the machines and their sockets.
extension BridgeService {
  /// Performs what the reactor says is possible on one of this service's descriptors.
  public mutating func ready<H: Hub & ~Copyable>(
    _ event: ReadyEvent, links: inout LinkTable, hub: inout H, commands: inout CommandQueue,
    buffer: inout ReceiveBuffer, reactor: inout Reactor, at now: LinkTime
  ) {
    let token = BridgeToken(rawValue: event.token)
    if token.kind == .names {
      return takeNames(
        links: &links, hub: &hub, commands: &commands, reactor: &reactor, at: now)
    }
    let slot = token.slot
    guard lines.id(at: slot) != nil, token.isOf(lines[slot].attempt) else { return }
    if token.kind == .probe {
      finishProbing(slot, hub: &hub, commands: &commands, at: now)
    } else if lines[slot].phase == .connecting {
      finishConnecting(slot, &reactor, at: now)
    } else if lines[slot].phase == .open {
      if event.isReadable { read(slot, hub: &hub, commands: &commands, &buffer, at: now) }
    }
    serve(slot, links: &links, hub: &hub, commands: &commands, reactor: &reactor, at: now)
  }

  private mutating func read<H: Hub & ~Copyable>(
    _ slot: Int, hub: inout H, commands: inout CommandQueue, _ buffer: inout ReceiveBuffer,
    at now: LinkTime
  ) {
    do throws(SystemError) {
      switch try lines[slot].receive(into: &buffer, &pool) {
      case .wouldBlock: break
      case .closed: lines[slot].bridge.lost(nil, hub: &hub, commands: &commands, at: now)
      case .failed(let code):
        lines[slot].bridge.lost(
          SystemError.reason(code), hub: &hub, commands: &commands, at: now)
      case .bytes: take(slot, hub: &hub, commands: &commands, &buffer, at: now)
      }
    } catch {
      lines[slot].bridge.lost(error.reason, hub: &hub, commands: &commands, at: now)
    }
  }

  private mutating func take<H: Hub & ~Copyable>(
    _ slot: Int, hub: inout H, commands: inout CommandQueue, _ buffer: inout ReceiveBuffer,
    at now: LinkTime
  ) {
    let consumed = lines[slot].bridge.receive(
      buffer.bytes, hub: &hub, commands: &commands, at: now)
    buffer.finish(consumed: consumed, tail: &lines[slot].tail)
    lines[slot].hasMore = commands.recipients.count > Bridge.recipientMark
  }

  /// Goes on with what a bridge has left because there were many recipients already; false when none
  /// has left anything. To be called once those are served.
  public mutating func goOn<H: Hub & ~Copyable>(
    links: inout LinkTable, hub: inout H, commands: inout CommandQueue,
    buffer: inout ReceiveBuffer, reactor: inout Reactor, at now: LinkTime
  ) -> Bool {
    for slot in 0..<lines.indexBound where lines.id(at: slot) != nil && lines[slot].hasMore {
      lines[slot].hasMore = false
      guard buffer.takeUp(&lines[slot].tail) else { continue }
      take(slot, hub: &hub, commands: &commands, &buffer, at: now)
      serve(slot, links: &links, hub: &hub, commands: &commands, reactor: &reactor, at: now)
      return true
    }
    return false
  }

  /// Ends a tick: one write for each bridge that has something to send, and the network that the
  /// machines want.
  public mutating func flush<H: Hub & ~Copyable>(
    links: inout LinkTable, hub: inout H, commands: inout CommandQueue, reactor: inout Reactor,
    at now: LinkTime
  ) {
    for slot in 0..<lines.indexBound where lines.id(at: slot) != nil {
      lines[slot].bridge.settle(hub: hub, at: now)
      flush(slot, hub: &hub, commands: &commands, &reactor, at: now)
      serve(slot, links: &links, hub: &hub, commands: &commands, reactor: &reactor, at: now)
    }
  }

  private mutating func flush<H: Hub & ~Copyable>(
    _ slot: Int, hub: inout H, commands: inout CommandQueue, _ reactor: inout Reactor,
    at now: LinkTime
  ) {
    guard lines[slot].phase == .open else { return }
    var reason: String?
    switch lines[slot].write(&pool, at: now) {
    case .drained: reason = setWaiting(slot, false, &reactor)
    case .blocked: reason = setWaiting(slot, true, &reactor)
    case .failed(let code): reason = SystemError.reason(code)
    }
    setPaused(slot, hub: &hub, commands: &commands, at: now)
    if lines[slot].isPaused, lines[slot].pendingCount - lines[slot].leastPending > answerLimit {
      reason = SystemError.reason(ENOBUFS)
    }
    if let reason {
      lines[slot].bridge.lost(reason, hub: &hub, commands: &commands, at: now)
    }
  }

  /// Watches for room to write, or not; why that cannot be done.
  private mutating func setWaiting(
    _ slot: Int, _ waits: Bool, _ reactor: inout Reactor
  ) -> String? {
    guard lines[slot].waitsForRoom != waits, let number = lines[slot].socket?.number else {
      return nil
    }
    lines[slot].waitsForRoom = waits
    do throws(SystemError) {
      try reactor.modify(
        number, token: token(slot, .socket), interest: waits ? [.readable, .writable] : .readable)
      return nil
    } catch { return error.reason }
  }

  /// Holds deliveries to a slow remote broker, and lets them go when it has caught up.
  private mutating func setPaused<H: Hub & ~Copyable>(
    _ slot: Int, hub: inout H, commands: inout CommandQueue, at now: LinkTime
  ) {
    let pending = lines[slot].pendingCount
    let wasPaused = lines[slot].isPaused
    let isSlow = pending > (wasPaused ? resumeMark : slowPeerMark)
    if isSlow {
      lines[slot].leastPending = wasPaused ? min(lines[slot].leastPending, pending) : pending
    }
    guard isSlow != wasPaused else { return }
    lines[slot].isPaused = isSlow
    hub.handle(
      isSlow ? .paused : .resumed, from: lines[slot].link, at: now, commands: &commands)
  }
}

extension BridgeLine {
  /// Reads once; takes TLS off where there is some.
  mutating func receive(
    into buffer: inout ReceiveBuffer, _ pool: inout BlockPool
  ) throws(SystemError) -> ReadResult {
    guard let number = socket?.number else { return .wouldBlock }
    guard security.isThere else { return buffer.receive(from: number, behind: &tail) }
    return try security[].receive(from: number, into: &buffer, behind: &tail, &pool)
  }
}
