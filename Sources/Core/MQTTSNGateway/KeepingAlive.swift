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
    switch nodes[index].phase {
    case .asleep: noteLate(index)
    case .active:
      if retransmit(index, messages: messages) {
        return lose(index, .deaf, links: &links, messages: &messages)
      }
    case .awake:
      if retransmit(index, messages: messages) { dozeOff(index, messages: &messages) }
    case .willTopicAsked, .willMessageAsked, .opening:
      if nodes[index].dialogueDeadline <= now { abandon(index, links: &links) }
    }
    if let deadline = nextDeadline(of: index) { timers.call(index, at: deadline) }
  }

  /// When the node has been silent for too long: [SN 6.11] for its keep alive, [SN 6.14] for the
  /// duration of its sleep.
  private func silenceDeadline(of index: Int) -> LinkTime? {
    switch nodes[index].phase {
    case .active: nodes[index].setup.allowance.map { nodes[index].lastHeard + $0 }
    case .asleep, .awake:
      max(nodes[index].lastHeard, nodes[index].sleep.since)
        + silenceAllowance(nodes[index].sleep.duration)
    case .willTopicAsked, .willMessageAsked, .opening: nil
    }
  }

  private func nextDeadline(of index: Int) -> LinkTime? {
    guard nodes.id(at: index) != nil else { return nil }
    guard nodes[index].phase.isConnected else { return nodes[index].dialogueDeadline }
    var next = silenceDeadline(of: index)
    if let attempt = nodes[index].nextAttempt { next = min(attempt, next ?? attempt) }
    let sleep = nodes[index].sleep
    guard nodes[index].phase.isAsleep, !sleep.isLate else { return next }
    return min(sleep.wakesAt, next ?? sleep.wakesAt)
  }

  /// Watches over the keep alive from now on, and nothing else.
  mutating func superviseActive(_ index: Int) {
    timers.remove(index)
    if let allowance = nodes[index].setup.allowance { timers.call(index, at: now + allowance) }
    if let attempt = nodes[index].nextAttempt { timers.call(index, at: attempt) }
  }

  /// A dialogue that nobody went on with, or a hub that does not answer.
  private mutating func abandon(_ index: Int, links: inout LinkTable) {
    if nodes[index].phase.isOpening {
      giveUp(index, .congestion, links: &links)
    } else {
      notice(.silent, of: index)
      removeNode(index, .lost, links: &links)
    }
  }
}
