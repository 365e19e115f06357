import Glibc
import MQTTLink
import Reactor
import SessionLink
import Slabs
import Streams

extension BrokerService {
  /// Accepts what waits, a bounded number at a time.
  mutating func accept(on index: Int, _ reactor: inout Reactor, at now: LinkTime) {
    let refused = listeners[index].socket.refusedCount
    for _ in 0..<64 {
      do {
        guard let accepted = try listeners[index].socket.accept() else {
          return noteRefused(on: index, since: refused)
        }
        take(accepted, on: index, &reactor, at: now)
      } catch {
        return notices.append(.failed(error))
      }
    }
  }

  /// Tells of connections that were closed at once because no descriptor was left.
  private mutating func noteRefused(on index: Int, since count: UInt64) {
    guard listeners[index].socket.refusedCount > count else { return }
    let port = listeners[index].socket.localPort
    notices.append(.failed(SystemError("accept on port \(port)", code: EMFILE)))
  }

  private mutating func take(
    _ accepted: consuming AcceptedStream, on index: Int, _ reactor: inout Reactor,
    at now: LinkTime
  ) {
    let peer = accepted.peer
    let port = listeners[index].socket.localPort
    guard listeners[index].connectionCount < listeners[index].terms.connectionLimit else {
      traffic.turnedAway += 1
      return notices.append(.turnedAway(peer, port: port))
    }
    guard streams.slots.count < connectionLimit else {
      traffic.turnedAwayByAll += 1
      return notices.append(.turnedAway(peer, port: nil))
    }
    let descriptor = accepted.descriptor
    if sendsAtOnce { TCPStream.setNoDelay(descriptor.number) }
    let number = descriptor.number
    let link = links.insert(LinkOwner(service: service, slot: 0))
    let id = streams.slots.insert(
      Stream(
        descriptor, peer: peer, link: link, listener: UInt32(index),
        connection: Connection(
          limits: listeners[index].terms.limits ?? limits, address: PeerAddress(peer), at: now)))
    links[Int(link.index)].slot = id.index
    listeners[index].connectionCount += 1
    traffic.accepted += 1
    let terms = listeners[index].terms
    if !terms.rules.isPlain {
      streams.slots[Int(id.index)].wrapping.make(Wrapping(terms.rules))
    }
    if !terms.mountPoint.isEmpty {
      streams.slots[Int(id.index)].connection.mount(at: terms.mountPoint.span)
    }
    if let rules = terms.tls {
      do { try secure(id, by: tls[rules]) } catch {
        notices.append(.failed(error))
        doom(id)
      }
    }
    // The proxy tells who it is.
    if terms.rules.proxy == nil { notices.append(.accepted(peer, port: port)) }
    arm(id)
    watch(number, id, .readable, &reactor, isNew: true)
  }

  /// Tells the reactor what to watch a stream for; a stream that cannot be watched is closed.
  mutating func watch(
    _ number: Int32, _ id: SlotID, _ interest: Interest, _ reactor: inout Reactor, isNew: Bool
  ) {
    let token = ServiceToken(service: service, kind: .stream, slot: id).rawValue
    do {
      if isNew {
        try reactor.add(number, token: token, interest: interest)
      } else {
        try reactor.modify(number, token: token, interest: interest)
      }
    } catch {
      notices.append(.failed(error))
      doom(id)
    }
  }
}
