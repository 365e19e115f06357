import MQTTTerms
import SessionLink
import Slabs

// Peers that are slow, and peers that sleep.
extension Broker {
  /// How many messages beyond those that waited already a sleeping peer is sent before it is told
  /// that there are no more: others publish on while it fetches, and it wants to sleep.
  private static var drainAllowance: UInt32 { 100 }

  mutating func pause(_ link: LinkID) {
    if let session = session(of: link) { sessions[session].isPaused = true }
  }

  mutating func resume(_ link: LinkID, _ commands: inout CommandQueue) {
    guard let session = session(of: link) else { return }
    sessions[session].isPaused = false
    sessions[session].drainBudget = nil
    drainQueue(of: session, &commands)
  }

  /// [SN 6.14] everything waits in the session's own queue from now on: what was in flight is sent
  /// again when the peer fetches it.
  mutating func fallAsleep(_ link: LinkID) {
    guard let session = session(of: link) else { return }
    sessions[session].isPaused = true
    sessions[session].drainBudget = nil
    sessions[session].window.restart(
      continuing: sessions[session].traits.continuesIdentifiers)
    parkReplays(of: session)
  }

  /// [SN 6.14] the peer is awake for as long as it takes to get what waits.
  mutating func drain(_ link: LinkID, _ commands: inout CommandQueue) {
    guard let session = session(of: link), sessions[session].isPaused else { return }
    let waiting = UInt32(truncatingIfNeeded: sessions[session].queue.count)
    sessions[session].drainBudget = waiting &+ Self.drainAllowance
    drainQueue(of: session, &commands)
  }

  /// Whether one more message may go out to a session just now.
  func takesDeliveries(_ session: Int) -> Bool {
    !sessions[session].isPaused || sessions[session].drainBudget ?? 0 > 0
  }

  /// Tells a peer that fetches its messages when it has taken the last one.
  mutating func noteDrained(_ session: Int, _ link: LinkID, _ commands: inout CommandQueue) {
    guard let budget = sessions[session].drainBudget,
      budget == 0 || sessions[session].queue.isEmpty, sessions[session].window.count == 0
    else { return }
    sessions[session].drainBudget = nil
    commands.commands.append(.drained(link))
  }
}
