import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

// [SN 6.14] nodes that sleep, and wake up to fetch what waits.
extension Gateway {
  /// The node goes to sleep for `duration` seconds, or tells another duration.
  mutating func sleep(_ index: Int, for duration: UInt16, messages: inout MessageStore) {
    if !nodes[index].phase.isAsleep {
      notice(.asleep, of: index)
      suspend(index, messages: &messages)
    }
    nodes[index].sleep = Sleep(since: now, duration: duration)
    superviseSleep(of: index)
    send(Disconnect(), to: index)
  }

  /// Lets everything wait for a node that does not listen.
  private mutating func suspend(_ index: Int, messages: inout MessageStore) {
    nodes[index].phase = .asleep
    dropRequests(to: index, messages: &messages)
    for _ in 0..<nodes[index].pending.count {
      guard let waiting = nodes[index].pending.popFirst() else { break }
      // What was to be acknowledged comes from the hub again.
      if waiting.qos == .atMostOnce {
        nodes[index].pending.append(waiting)
      } else {
        messages.release(waiting.message)
      }
    }
    tell(.asleep, of: index)
  }

  /// PINGREQ: a keep alive, or a sleeping node that fetches what waits for it.
  mutating func pinged(_ index: Int, messages: inout MessageStore) {
    switch nodes[index].phase {
    case .asleep:
      nodes[index].phase = .awake(isDrained: false)
      if nodes[index].sleep.isLate { notice(.awake, of: index) }
      nodes[index].sleep = Sleep(since: now, duration: nodes[index].sleep.duration)
      proceed(index, messages: &messages)
      tell(.drain, of: index)
    // It has missed something: at once, since it wants to sleep.
    case .awake: repeatRequests(index, messages)
    default: send(Pingresp(), to: index)
    }
  }

  /// A PINGREQ that names its sender [SN 5.4.19]. A sleeping node is found by its name wherever it
  /// is now; nobody else is moved by it, since anybody can write a name.
  mutating func pinged(
    _ pingreq: Pingreq, from address: NodeAddress, _ index: Int?, links: inout LinkTable,
    messages: inout MessageStore
  ) {
    if let index, pingreq.clientID.isEmpty || isNamed(index, pingreq.clientID) {
      return pinged(index, messages: &messages)
    }
    guard let sleeper = sleeper(named: pingreq.clientID),
      barred(pingreq.clientID, at: address) == nil
    else {
      return answerStranger(at: address)
    }
    move(sleeper, to: address, links: &links, messages: &messages)
    nodes[sleeper].lastHeard = now
    pinged(sleeper, messages: &messages)
  }

  /// The hub has handed out everything that waited.
  mutating func drained(_ index: Int) {
    guard nodes[index].phase.isAwake else { return }
    nodes[index].phase = .awake(isDrained: true)
    finishWaking(index)
  }

  /// Lets a node sleep again that has got and answered all.
  mutating func finishWaking(_ index: Int) {
    guard case .awake(isDrained: true) = nodes[index].phase, nodes[index].pending.count == 0,
      nodes[index].registration == nil, nodes[index].flights.isEmpty
    else { return }
    nodes[index].phase = .asleep
    nodes[index].sleep.since = now
    superviseSleep(of: index)
    send(Pingresp(), to: index)
  }

  /// A node that fetched what waits and does not answer any more: it is taken to sleep again, and
  /// gets the rest when it wakes next.
  mutating func dozeOff(_ index: Int, messages: inout MessageStore) {
    suspend(index, messages: &messages)
    superviseSleep(of: index)
  }

  /// [SN 6.14] CONNECT of a sleeping node: it is active again with all it had. Of what it asks for
  /// only the keep alive is new.
  mutating func resume(_ index: Int, _ connect: Connect) {
    nodes[index].setup = ConnectSetup(connect)
    nodes[index].phase = .active
    nodes[index].sleep = Sleep()
    nodes[index].hasSpoken = false
    // A node that was reset has forgotten its ids: it hears them again.
    if connect.isCleanSession { nodes[index].topics.forgetKnowledge() }
    notice(.connected, of: index)
    superviseActive(index)
    send(Connack(returnCode: .accepted), to: index)
    tell(.resumed, of: index)
  }

  /// The sleeping node with that client identifier.
  func sleeper(named clientID: Span<UInt8>) -> Int? {
    guard let index = node(named: clientID) else { return nil }
    let sleeps = nodes[index].phase.isAsleep || nodes[index].phase.isAwake
    return sleeps ? index : nil
  }

  /// A sleeping node that is somewhere else now. Whoever lived there is gone: ports are used again.
  mutating func move(
    _ index: Int, to address: NodeAddress, links: inout LinkTable, messages: inout MessageStore
  ) {
    if let other = node(at: address) {
      notice(.replaced, of: other)
      dropDeliveries(of: other, messages: &messages)
      removeNode(other, .lost, links: &links)
    }
    forgetAddress(of: index)
    nodes[index].address = address
    noteAddress(of: index)
    notice(.moved, of: index)
  }

  private mutating func superviseSleep(of index: Int) {
    timers.remove(index)
    timers.call(index, at: nodes[index].sleep.wakesAt)
  }

  /// A node that said it would be awake by now. It is given the same slack as a keep alive.
  mutating func noteLate(_ index: Int) {
    guard nodes[index].phase.isAsleep, !nodes[index].sleep.isLate,
      nodes[index].sleep.wakesAt <= now
    else { return }
    nodes[index].sleep.isLate = true
    counters.lateWakers &+= 1
    notice(.late, of: index)
  }
}
