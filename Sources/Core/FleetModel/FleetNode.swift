import MQTTSNClient
import MQTTSNCodec
import MQTTTerms
import WireBytes

/// A simulated sensor node: it connects, registers `sensors/<id>/temperature` and publishes a
/// reading at QoS 1 each interval, until it is told to finish.
///
/// It has no input, output, clock or randomness of its own. The owner hands in datagrams with
/// `receive` and time (milliseconds) with `advance`, takes datagrams with `nextTransmit`, and comes
/// back at `nextDeadline`.
public struct FleetNode: ~Copyable {
  private enum Phase: BitwiseCopyable {
    /// Not connected; connects when the time has come.
    case pausing
    case connecting
    /// Connected, without an id for its topic.
    case naming
    case measuring(topic: UInt16)
    case leaving
    case finished
  }

  /// The client identifier.
  public let clientID: FixedBytes<64>
  private let topic: FixedBytes<84>
  private let settings: FleetSettings
  private var client: Client<256, 0, PlainAbilities>
  private var random: FleetRandom
  private var thermometer: Thermometer
  private var phase = Phase.pausing
  /// When the node next does something by itself.
  private var actAt: UInt64
  private var now: UInt64
  private var isFinishing = false
  private var isUnderWay = false
  private var counted = FleetCounters()

  /// A node that starts at a random moment of its first interval, or of its first second if that is
  /// longer, so that a fleet does not march in step. Of `clientID` the first 64 octets count.
  public init(
    clientID: Span<UInt8>, settings: FleetSettings, seed: UInt64, at now: UInt64
  ) {
    let id = clientID.extracting(first: 64)
    self.clientID = FleetNode.bytes { $0.append(bytes: id) }
    topic = FleetNode.bytes { output in
      for octet in "sensors/".utf8 { output.append(octet) }
      output.append(bytes: id)
      for octet in "/temperature".utf8 { output.append(octet) }
    }
    self.settings = settings
    self.now = now
    client = Client(retryInterval: settings.retryInterval, retryLimit: settings.retryLimit)
    random = FleetRandom(seed: seed)
    thermometer = Thermometer(random: &random)
    actAt = now + UInt64.random(in: 0...max(settings.interval, 1000), using: &random)
  }

  private static func bytes<let capacity: Int>(
    _ write: (inout OutputRawSpan) -> Void
  ) -> FixedBytes<capacity> {
    var bytes = FixedBytes<capacity>()
    bytes.replace(write)
    return bytes
  }

  /// What became of its readings.
  public var counters: FleetCounters {
    var counters = counted
    counters.retransmitted = UInt64(client.retransmissions)
    return counters
  }

  /// Whether it has a session.
  public var isConnected: Bool { client.state == .active }

  /// Whether it has left after `finish`.
  public var isFinished: Bool {
    if case .finished = phase { true } else { false }
  }

  /// Takes a datagram of the gateway.
  public mutating func receive(_ datagram: Span<UInt8>, at now: UInt64) {
    self.now = now
    client.receive(datagram, at: tick)
    takeEvent()
    act()
  }

  /// Tells the time.
  public mutating func advance(to now: UInt64) {
    self.now = now
    client.advance(to: tick)
    takeEvent()
    act()
  }

  /// Appends the next datagram to `output`; false when there is none. Call it until then.
  @_lifetime(output: copy output)
  public mutating func nextTransmit(into output: inout OutputRawSpan) -> Bool {
    client.nextTransmit(into: &output)
  }

  /// When `advance` has something to do.
  public var nextDeadline: UInt64? {
    var deadline: UInt64? = isWaitingForTime ? actAt : nil
    if let next = client.nextDeadline {
      // The client counts in 32 bits; what is past is due now.
      let distance = next.isReached(at: tick) ? 0 : UInt64(next.since(tick))
      deadline = min(now + distance, deadline ?? .max)
    }
    return deadline
  }

  /// Publishes no more readings, and leaves when the last one is settled.
  public mutating func finish(at now: UInt64) {
    self.now = now
    isFinishing = true
    if !isConnected { phase = .finished }
    act()
  }

  private var tick: TickTime { TickTime(milliseconds: UInt32(truncatingIfNeeded: now)) }

  private var isWaitingForTime: Bool {
    switch phase {
    case .pausing: true
    case .naming, .measuring: !client.isBusy
    case .connecting, .leaving, .finished: false
    }
  }

  /// Does by itself what the time has come for.
  private mutating func act() {
    if isFinishing, isConnected, !client.isBusy {
      phase = .leaving
      try? client.disconnect(at: tick)
      return
    }
    guard isWaitingForTime, actAt <= now else { return }
    do throws(ClientError) {
      switch phase {
      case .pausing:
        phase = .connecting
        let clientID = clientID
        try client.connect(clientID: clientID.bytes, keepAlive: settings.keepAlive, at: tick)
      case .naming:
        let topic = topic
        try client.register(topic.bytes, at: tick)
      case .measuring(let id): try publish(to: id)
      case .connecting, .leaving, .finished: break
      }
    } catch {
      pause(settings.longestPause)
    }
  }

  private mutating func publish(to id: UInt16) throws(ClientError) {
    let reading = thermometer.read(random: &random)
    try client.publish(reading.bytes, to: .normal(id), at: tick)
    counted.sent &+= 1
    isUnderWay = true
    // A node that was held up does not catch up.
    actAt = max(actAt + settings.interval, now)
  }

  private mutating func takeEvent() {
    guard let event = client.nextEvent() else { return }
    switch event {
    case .connected:
      counted.connected &+= 1
      phase = .naming
      actAt = now
    case .registered(let id):
      phase = .measuring(topic: id)
      actAt = now
    case .published: settle(\.acknowledged)
    case .refused(let request, let code): refused(request, code)
    case .disconnected, .lost: leaveOrReturn()
    default: break
    }
  }

  private mutating func settle(_ counter: WritableKeyPath<FleetCounters, UInt64>) {
    if isUnderWay { counted[keyPath: counter] &+= 1 }
    isUnderWay = false
  }

  private mutating func refused(_ request: Request, _ code: ReturnCode) {
    if request == .publish { settle(\.refused) }
    if request == .publish, code == .invalidTopicID {
      phase = .naming
      actAt = now
    } else if request == .connect {
      pause(code == .congestion ? settings.congestionPause : settings.longestPause)
    } else {
      actAt = now + (code == .congestion ? settings.congestionPause : settings.longestPause)
    }
  }

  /// The gateway is silent or does not know the node: comes back after a random pause, unless it was
  /// about to leave.
  private mutating func leaveOrReturn() {
    settle(\.lost)
    if isFinishing { phase = .finished } else { pause(settings.longestPause) }
  }

  private mutating func pause(_ longest: UInt64) {
    phase = .pausing
    actAt = now + UInt64.random(in: (longest / 10)...longest, using: &random)
  }
}
