import BrokerCore
import Glibc
import MQTTCodec
import MQTTLink
import Reactor
import SessionLink
import Slabs
import Streams

/// Above this many octets a peer counts as slow and gets no further deliveries …
private let slowPeerMark = 1 << 20
/// … until only this many are left.
private let resumeMark = 1 << 18
/// How many recipients may gather before their messages are handed out.
let recipientMark = 1 << 16

extension BrokerService {
  /// One write for each stream that has something to send.
  mutating func flushDirty(_ reactor: inout Reactor, at now: LinkTime) {
    for k in 0..<streams.dirty.count where streams.slots.contains(streams.dirty[k]) {
      flush(streams.dirty[k], &reactor, at: now)
    }
    streams.dirty.removeAll()
    lentAtFlush = streams.pool.lentBytes
  }

  /// Writes before the tick ends when much has gathered: what some publishers send in one tick
  /// could become more than there is memory, times the number of subscribers.
  public mutating func relieve(_ reactor: inout Reactor, at now: LinkTime) {
    if streams.pool.lentBytes > lentAtFlush + reliefMark { flushDirty(&reactor, at: now) }
  }

  mutating func flush(_ id: SlotID, _ reactor: inout Reactor, at now: LinkTime) {
    let index = Int(id.index)
    streams.slots[index].isDirty = false
    streams.slots[index].wrap(&streams.pool)
    if streams.slots[index].security.isThere { seal(index) }
    let pending = streams.slots[index].pendingCount
    let result = streams.slots[index].flush(&streams.pool)
    traffic.sent &+= UInt64(pending - streams.slots[index].pendingCount)
    switch result {
    case .drained: setWaiting(id, false, &reactor)
    case .blocked: setWaiting(id, true, &reactor)
    case .failed(let code): breakOff(id, code)
    }
    setPaused(id, at: now)
  }

  /// Ends a connection that nothing can be written to [MQTT-4.8.0-2].
  private mutating func breakOff(_ id: SlotID, _ code: Int32) {
    let index = Int(id.index)
    guard !streams.slots[index].isDoomed else { return }
    let peer = streams.slots[index].peer
    let error = SystemError("write to \(peer)", code: code)
    notices.append(.lost(clientID: clientID(index), peer, error))
    doom(id)
  }

  private mutating func setWaiting(_ id: SlotID, _ waits: Bool, _ reactor: inout Reactor) {
    let index = Int(id.index)
    guard streams.slots[index].waitsForRoom != waits else { return }
    streams.slots[index].waitsForRoom = waits
    let interest: Interest = waits ? [.readable, .writable] : .readable
    watch(streams.slots[index].descriptor.number, id, interest, &reactor, isNew: false)
  }

  /// Holds deliveries to a slow peer, and lets them go when it has caught up.
  private mutating func setPaused(_ id: SlotID, at now: LinkTime) {
    let index = Int(id.index)
    let pending = streams.slots[index].pendingCount
    let isSlow = pending > (streams.slots[index].isPaused ? resumeMark : slowPeerMark)
    if isSlow { limitAnswers(id, pending) }
    guard isSlow != streams.slots[index].isPaused else { return }
    streams.slots[index].isPaused = isSlow
    // What waited for it can go now.
    if !isSlow { mustSettle = true }
    broker.handle(
      isSlow ? .paused : .resumed, from: streams.slots[index].link, at: now, commands: &commands)
  }

  /// A peer that asks and asks and never reads: only answers make a held output grow.
  private mutating func limitAnswers(_ id: SlotID, _ pending: Int) {
    let index = Int(id.index)
    let isNew = !streams.slots[index].isPaused
    let least = isNew ? pending : min(streams.slots[index].leastPending, pending)
    streams.slots[index].leastPending = least
    if pending - least > answerLimit { breakOff(id, ENOBUFS) }
  }
}
