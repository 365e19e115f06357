import MQTTSNClient
import MQTTSNCodec
import MQTTTerms
import SerialFraming
import WireBytes

/// A sensor node: publishes a temperature once a second at QoS 1, over a serial line.
///
/// It connects, registers its topic, publishes, keeps alive, and connects again whenever the
/// gateway says DISCONNECT or does not answer any more. Nothing is queued: while an answer is
/// awaited, readings are skipped.
public struct SensorLoop<Line: Board>: ~Copyable {
  /// T_RETRY in milliseconds. The specification suggests 10 to 15 s for radio; a wire is quick.
  public static var retryInterval: UInt32 { 2000 }
  /// N_RETRY.
  public static var retryLimit: UInt8 { 3 }
  /// T_WAIT in milliseconds, after a refusal. The specification suggests 5 minutes or more.
  public static var waitInterval: UInt32 { 5000 }
  /// The keep alive in seconds.
  public static var keepAlive: UInt16 { 10 }
  /// The most octets that a turn takes in.
  static var octetsPerTurn: UInt8 { 64 }
  /// The milliseconds between readings.
  public static var readingInterval: UInt32 { 1000 }

  private let board: Line
  private let identity: Identity
  private var client: Client<48, 0, PlainAbilities>
  private var reader: FrameReader<48>
  private var thermometer: Thermometer
  private var topic: TopicReference?
  /// When a refusal has been waited out.
  private var pauseEnd: TickTime?
  private var nextReading: TickTime
  private var isReadingDue: Bool

  /// A node that has not connected.
  public init(identity: Identity, board: Line) {
    self.board = board
    self.identity = identity
    client = Client(retryInterval: Self.retryInterval, retryLimit: Self.retryLimit)
    reader = FrameReader()
    thermometer = Thermometer()
    nextReading = board.now
    isReadingDue = false
  }

  /// Takes in what has come, does what is due, sends what there is to send, and sleeps until there
  /// may be more. To be called for as long as there is power.
  public mutating func turn() {
    receive()
    client.advance(to: board.now)
    note()
    watchClock(at: board.now)
    pursue(at: board.now)
    transmit()
    board.sleep()
  }

  /// Takes in a frame, or less. Never more, so that the answer to one gets out before the next.
  private mutating func receive() {
    var left = Self.octetsPerTurn
    while left > 0, let octet = board.receivedOctet() {
      left -= 1
      guard reader.push(octet) else { continue }
      client.receive(reader.frame, at: board.now)
      return note()
    }
  }

  /// Draws the conclusions from what happened to the client.
  @inline(never)
  private mutating func note() {
    switch client.nextEvent() {
    case .connected, .disconnected, .lost: topic = nil
    case .registered(let id): topic = .normal(id)
    case .refused(.publish, .invalidTopicID): topic = nil
    case .refused: pause(at: board.now)
    default: break
    }
  }

  private mutating func pause(at now: TickTime) {
    pauseEnd = now.advanced(by: Self.waitInterval)
  }

  /// Looks at the clock in every turn, because a time that nobody looks at for 24 days becomes one
  /// that is still to come.
  private mutating func watchClock(at now: TickTime) {
    if let end = pauseEnd, end.isReached(at: now) { pauseEnd = nil }
    guard nextReading.isReached(at: now) else { return }
    nextReading = nextReading.advanced(by: Self.readingInterval)
    isReadingDue = true
  }

  /// Takes the next step toward the next published reading.
  private mutating func pursue(at now: TickTime) {
    guard !client.isBusy, pauseEnd == nil else { return }
    do throws(ClientError) {
      if client.state == .disconnected {
        try client.connect(clientID: identity.clientID.octets, keepAlive: Self.keepAlive, at: now)
      } else if let topic {
        if isReadingDue { try publish(to: topic, at: now) }
      } else {
        try client.register(identity.topicName.octets, at: now)
      }
    } catch {
      pause(at: now)
    }
  }

  private mutating func publish(
    to topic: TopicReference, at now: TickTime
  ) throws(ClientError) {
    isReadingDue = false
    var text = FixedBytes<4>()
    let value = thermometer.read()
    text.replace { output in output.append(tenths: value) }
    try client.publish(text.bytes, to: topic, at: now)
  }

  private mutating func transmit() {
    var message = FixedBytes<48>()
    while true {
      var isThere = false
      message.replace { output in isThere = client.nextTransmit(into: &output) }
      guard isThere else { return }
      Self.send(message.bytes, over: board)
    }
  }

  private static func send(_ message: Span<UInt8>, over board: Line) {
    var frame = FixedBytes<102>()
    do throws(FramingError) {
      try frame.replace { (output) throws(FramingError) in
        try FrameWriter().encode(message, isOpening: true, into: &output)
      }
    } catch {
      return
    }
    for index in frame.bytes.indices { board.send(frame.bytes[index]) }
  }
}
