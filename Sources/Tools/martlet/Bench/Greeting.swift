import ClientIO
import MQTTClient
import MQTTCodec
import MQTTSNCodec
import MQTTTerms
import Reactor

// What comes before the first message: the subscription, and a session and a topic for each node.
extension LoadRun {
  /// How many nodes connect at a time.
  private static var crowd: Int { 64 }
  /// How long a node waits for an answer, in milliseconds, and how often it asks again.
  private static var retryInterval: UInt64 { 1000 }
  private static var retryLimit: Int { 5 }

  /// Where the messages of a node go.
  func topic(of index: Int) -> [UInt8] { Array("bench/\(number)/\(index)".utf8) }

  /// Connects the subscriber, and waits until it is subscribed.
  mutating func subscribe() throws(BenchError) {
    do throws(SystemError) {
      var stream = try ClientStream()
      try open(&stream)
      let limit = MonotonicClock.now() + Self.patience
      while !(try isSubscribed(&stream)) {
        guard !stream.isOver, MonotonicClock.now() < limit else {
          throw SystemError("subscribe", reason: "The broker refuses, or does not answer")
        }
        if try stream.wait(until: limit).contains(.signal) {
          throw SystemError("subscribe", code: 4)
        }
      }
      try reactor.add(stream.number, token: Self.subscriberToken, interest: .readable)
      subscriber = consume stream
    } catch { throw BenchError(error) }
  }

  private func open(_ stream: inout ClientStream) throws(SystemError) {
    var settings = ConnectSettings()
    settings.clientIdentifier = Array("bench-\(number)".utf8)
    let limit = MonotonicClock.now() + Self.patience
    do throws(OpeningError) {
      try stream.open(host: plan.broker.host, port: plan.broker.port, settings, until: limit)
    } catch {
      if case .system(let error) = error { throw error }
      throw SystemError("connect to the broker", reason: "It does not answer")
    }
  }

  /// Subscribes once the broker has accepted the connection; true once it has granted that.
  private func isSubscribed(_ stream: inout ClientStream) throws(SystemError) -> Bool {
    var isAccepted = false
    while let event = stream.next() {
      switch event {
      case .connected: isAccepted = true
      case .subscribed(let suback): return suback.grantedQoS == plan.subscriberQoS
      default: break
      }
    }
    guard isAccepted else { return false }
    let filter = Array("bench/\(number)/+".utf8)
    do throws(ClientError) { try stream.subscribe(to: filter.span, qos: plan.subscriberQoS) } catch
    {
      throw SystemError("subscribe", reason: "The subscription cannot be sent")
    }
    return false
  }

  /// Connects every node, and gives each a topic id if it shall publish.
  mutating func connectAll() throws(BenchError) {
    while readyCount < nodes.count {
      while begunCount < nodes.count, begunCount - readyCount < Self.crowd {
        greet(begunCount)
        begunCount += 1
      }
      try wait(100)
      try repeatGreetings()
    }
  }

  private mutating func repeatGreetings() throws(BenchError) {
    let now = MonotonicClock.now()
    for index in 0..<begunCount where nodes[index].stage != .ready && nodes[index].repeatAt <= now {
      guard nodes[index].repeats < Self.retryLimit else {
        throw BenchError("The gateway does not answer a node's CONNECT or REGISTER.")
      }
      nodes[index].repeats += 1
      greet(index)
    }
  }

  /// Sends what the node has to say next before it may publish.
  private mutating func greet(_ index: Int) {
    nodes[index].repeatAt = MonotonicClock.now() + Self.retryInterval
    if nodes[index].stage == .registering {
      let name = topic(of: index)
      send(
        Register(topicID: 0, messageID: PacketIdentifier(1), topicName: name.span), from: index)
    } else {
      nodes[index].stage = .connecting
      let clientID = Array("bench-\(number)-\(index)".utf8)
      send(
        Connect(clientID: clientID.span, duration: 3600, isCleanSession: true), from: index)
    }
  }

  /// A CONNACK has come to a node.
  mutating func connected(_ answer: ReturnCode, _ index: Int) {
    guard nodes[index].stage == .connecting else { return }
    // A gateway that is full for now is asked again.
    guard answer.isAccepted else { return }
    nodes[index].repeats = 0
    if plan.publishes {
      nodes[index].stage = .registering
      greet(index)
    } else {
      becomeReady(index)
    }
  }

  /// A REGACK has come to a node.
  mutating func registered(_ answer: Regack, _ index: Int) {
    guard nodes[index].stage == .registering, answer.returnCode.isAccepted else { return }
    nodes[index].topicID = answer.topicID
    becomeReady(index)
  }

  private mutating func becomeReady(_ index: Int) {
    nodes[index].stage = .ready
    readyCount += 1
  }

  /// Lets every node and the subscriber go.
  mutating func leave() {
    guard plan.peer == .gateway else { return }
    for index in 0..<nodes.count { send(Disconnect(duration: nil), from: index) }
    subscriber?.finish(until: MonotonicClock.now() + 1000)
  }

  private mutating func send<Message: EncodableMessage & ~Escapable>(
    _ message: Message, from index: Int
  ) {
    try? batch.withOutput(of: message.encodedSize, to: .unix) {
      output throws(MQTTSNCodec.CodecError) in
      try message.encode(into: &output)
    }
    batch.flush(to: nodes[index].socket.number)
  }
}
