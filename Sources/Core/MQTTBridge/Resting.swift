import MQTTLink
import MQTTTerms
import SessionLink

// When and where the bridge connects.
extension Bridge {
  /// Starts: tells that the bridge is not connected, and asks the own broker for its session.
  public mutating func start<H: Hub & ~Copyable>(
    hub: inout H, commands: inout CommandQueue, at now: LinkTime
  ) {
    clock = now
    notifyHere(isConnected: false, &hub, &commands)
    prepare(&hub, &commands)
  }

  /// Waits until it is time to connect again.
  mutating func rest() {
    phase = options.start == .once ? .finished : .resting
    restsUntil = clock + waits.next()
    failedAddresses = 0
  }

  /// Looks whether enough messages wait to wake a lazy bridge: at the end of a tick.
  public mutating func settle<H: Hub & ~Copyable>(hub: borrowing H, at now: LinkTime) {
    guard options.start == .lazy, phase == .resting, restsUntil <= now else { return }
    clock = now
    if hub.waitingCount(of: options.local.clientID.span) >= options.threshold { dial() }
  }

  /// Asks for a network connection.
  mutating func dial() {
    phase = .dialing
    probesAt = nil
    answerBy = clock + answerTime
    dialRequest = address
    notice(.connecting(address: address))
  }

  /// How long an answer may take.
  var answerTime: LinkTime { LinkTime(options.keepAlive) * 1000 }

  /// The network connection could not be made: the next address is tried at once, until all were.
  public mutating func dialFailed(_ reason: String, at now: LinkTime) {
    clock = now
    guard phase == .dialing else { return }
    notice(.unreachable(address: address, reason: reason))
    failedAddresses += 1
    address = nextAddress
    if failedAddresses < options.addressCount { dial() } else { rest() }
  }

  private var nextAddress: Int { (address + 1) % max(options.addressCount, 1) }

  /// The connection has ended: where and when the next one is tried. A broker that does not accept the
  /// bridge is not better than one that is not there.
  mutating func restAfterConnection() {
    if phase == .connected {
      waits.noteConnection(of: clock - connectedAt)
      address = options.isRoundRobin ? nextAddress : 0
    } else {
      if address == 0 { primaryPatience = min(primaryPatience * 2, 3_600_000) }
      address = nextAddress
    }
    answerBy = nil
    pongBy = nil
    probesAt = nil
    rest()
  }

  // MARK: Back to the first address

  /// Asks again and again whether the first address answers, as long as another one is used: less
  /// often when it has answered and did not accept the bridge.
  mutating func watchPrimary() {
    if address == 0 { primaryPatience = options.restart.base }
    guard !options.isRoundRobin, address != 0 else { return }
    probesAt = clock + primaryPatience
  }

  /// Whether the first address can be connected to.
  public mutating func probed<H: Hub & ~Copyable>(
    isThere: Bool, hub: inout H, commands: inout CommandQueue, at now: LinkTime
  ) {
    clock = now
    guard phase == .connected, address != 0 else { return }
    guard isThere else { return watchPrimary() }
    notice(.returning)
    leave(&hub, &commands)
    address = 0
    dial()
  }
}
