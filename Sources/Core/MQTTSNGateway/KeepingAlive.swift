import MQTTSNCodec
import SessionLink
import Slabs

// [SN 6.11] silence, and everything else that time brings.
extension Gateway {
  /// Does what is due: retries, losses, ADVERTISE.
  public mutating func advance(
    to now: LinkTime, links: inout LinkTable, messages: inout MessageStore
  ) {
    self.now = now
    advertise()
    while let index = timers.popDue(at: now) {
      check(index, links: &links, messages: &messages)
    }
  }

  /// When `advance` has something to do, perhaps.
  public var nextDeadline: LinkTime? {
    guard let advertiseAt else { return timers.earliest }
    guard let earliest = timers.earliest else { return advertiseAt }
    return min(advertiseAt, earliest)
  }

  private mutating func check(
    _ index: Int, links: inout LinkTable, messages: inout MessageStore
  ) {
    if let deadline = silenceDeadline(of: index), deadline <= now {
      return lose(index, .silent, links: &links, messages: &messages)
    }
    if nodes[index].phase != .active {
      if nodes[index].dialogueDeadline <= now { abandon(index, links: &links) }
    } else if retransmit(index, messages: messages) {
      return lose(index, .deaf, links: &links, messages: &messages)
    }
    if let deadline = nextDeadline(of: index) { timers.call(index, at: deadline) }
  }

  /// When the node has been silent for too long.
  private func silenceDeadline(of index: Int) -> LinkTime? {
    guard nodes[index].phase == .active else { return nil }
    return nodes[index].setup.allowance.map { nodes[index].lastHeard + $0 }
  }

  private func nextDeadline(of index: Int) -> LinkTime? {
    guard nodes.id(at: index) != nil else { return nil }
    guard nodes[index].phase == .active else { return nodes[index].dialogueDeadline }
    let retry = nodes[index].exchange.attempts?.deadline
    guard let silence = silenceDeadline(of: index) else { return retry }
    return retry.map { min($0, silence) } ?? silence
  }

  /// A dialogue that nobody went on with, or a hub that does not answer.
  private mutating func abandon(_ index: Int, links: inout LinkTable) {
    if nodes[index].phase == .opening {
      giveUp(index, .congestion, links: &links)
    } else {
      notice(.silent, of: index)
      removeNode(index, .lost, links: &links)
    }
  }
}
