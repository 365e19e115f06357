import Datagrams
import MQTTSNGateway
import Reactor
import SessionLink
import Slabs

/// A multicast group that is joined as soon as there is a network for it.
struct MissingGroup: BitwiseCopyable {
  /// Milliseconds between two tries.
  static let patience: LinkTime = 5000

  let group: SocketAddress
  /// The line that advertises the gateway there, and answers.
  let line: Int
  let hops: Int
  /// When to try (again).
  var joinAt: LinkTime
}

extension GatewayService {
  /// Lets the socket at `local` advertise the gateway to a multicast `group`, `hops` routers far, and
  /// hears who looks for a gateway there [SN 6.1]. What cannot be joined now is tried again: nodes that
  /// know the gateway need no group. Does nothing when no socket is open there.
  public mutating func join(
    _ group: SocketAddress, from local: SocketAddress, hops: Int, reactor: inout Reactor,
    at now: LinkTime
  ) {
    for line in 0..<sockets.count
    where sockets[line].answeringLine == nil && sockets[line].socket.localAddress == local {
      let joining = MissingGroup(group: group, line: line, hops: hops, joinAt: now)
      do {
        try join(joining, &reactor)
      } catch {
        notices.append(.groupUnavailable(error))
        wait(for: joining, since: now)
      }
      return
    }
  }

  /// Tries again what could not be joined.
  mutating func joinMissingGroups(_ reactor: inout Reactor, at now: LinkTime) {
    var index = 0
    while index < missingGroups.count {
      guard missingGroups[index].joinAt <= now else {
        index += 1
        continue
      }
      let missing = missingGroups.swapRemove(at: index)
      do {
        try join(missing, &reactor)
        notices.append(.groupJoined(missing.group))
      } catch {
        wait(for: missing, since: now)
        // It stands at the end now, and is not due.
      }
    }
  }

  private mutating func wait(for group: MissingGroup, since now: LinkTime) {
    var group = group
    group.joinAt = now + MissingGroup.patience
    missingGroups.append(group)
  }

  private mutating func join(
    _ joining: MissingGroup, _ reactor: inout Reactor
  ) throws(SystemError) {
    let (group, line) = (joining.group, joining.line)
    let local = sockets[line].socket.localAddress
    let interface = local.isUnspecified ? nil : local
    try sockets[line].socket.sendMulticast(to: group, on: interface)
    try sockets[line].socket.setMulticastHops(joining.hops)
    // The group may have the listener's port; nobody else is to get in beside them.
    sockets[line].socket.setSharesPort(true)
    defer { sockets[line].socket.setSharesPort(false) }
    let listening = try UDPSocket(address: group, sharesPort: true)
    try listening.join(group, on: interface)
    _ = try add(SocketLine(listening, answeringLine: LineNumber.socket(line)), &reactor)
    sockets[line].groups.append(group)
  }
}
