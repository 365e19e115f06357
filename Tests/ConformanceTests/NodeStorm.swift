import MQTTSNGateway

/// Nodes that sleep, wake, roam and start anew, over lines that lose and double datagrams, while
/// another one publishes. All in virtual time, all from one seed.
struct NodeStorm: ~Copyable {
  private var bench: TranscriptBench
  private var places = NodePlaces()
  private var random: StormNumbers
  private(set) var nodes: [StormNode] = []
  /// What was published at QoS 1 and 2, in its order.
  private(set) var published: [String] = []
  private var count = 0
  /// Of a hundred datagrams, how many are lost, and as many come twice.
  private var trouble: UInt64 = 0
  private static let topics = [("short:ab", "ab"), ("pre:5", "5"), ("1", "t/x"), ("2", "t/y")]

  private init(_ settings: GatewaySettings, seed: UInt64) throws {
    random = StormNumbers(state: seed)
    bench = try TranscriptBench(BrokerOptions(), settings)
  }

  /// A storm with nodes that are connected and have subscribed to everything.
  static func start(
    seed: UInt64, nodes: Int, trouble: UInt64, inflight: UInt16, retries: UInt8
  ) throws -> NodeStorm {
    var settings = GatewaySettings()
    settings.options.retryInterval = 1000
    settings.options.retryLimit = retries
    settings.options.limits.strangersPerSecond = 1000
    settings.options.nodeInflightMessages = inflight
    settings.options.nodeQueueMessages = 100_000
    settings.topics = [GatewaySettings.Topic(id: 5, name: Array("t/pre".utf8))]
    var storm = try NodeStorm(settings, seed: seed)
    try storm.connectPublisher()
    for index in 0..<nodes { try storm.add(index) }
    storm.trouble = trouble
    return storm
  }

  /// Every second node is behind a forwarder.
  private mutating func add(_ index: Int) throws {
    let name = "n\(index)"
    if index % 2 == 1 { places.put(name, behind: "forwarder", wirelessID: [UInt8(index)]) }
    nodes.append(StormNode(name: name, place: places.place(of: name)))
    try ask(index, ["CONNECT", "id=\(name)"], "CONNACK", .active)
    try ask(index, ["SUBSCRIBE", "1", "#", "q=2"], "SUBACK", .active)
  }

  private mutating func connectPublisher() throws {
    try publisher(["CONNECT", "id=publisher", "clean=1"])
    try publisher(["REGISTER", "1", "t/x"])
    try publisher(["REGISTER", "2", "t/y"])
  }

  /// The publisher's line is a good one.
  private mutating func publisher(_ words: [Substring]) throws {
    let place = places.place(of: "publisher")
    try bench.feed(try NodeMessage(words).encoded(), from: place.address)
    while bench.takeDatagram(to: place) != nil {}
  }

  /// One step: somebody does something, the answers come, time passes.
  mutating func step() throws {
    if random.below(3) > 0 { try publish() }
    try transfer()
    let index = Int(random.below(UInt64(nodes.count)))
    if nodes[index].request == nil { try act(index) }
    try transfer()
    try bench.advance(by: random.below(1500))
    try repeatRequests()
    try transfer()
  }

  private mutating func publish() throws {
    count += 1
    let (topic, name) = NodeStorm.topics[Int(random.below(4))]
    let qos = random.below(3)
    let payload = "\(name)-\(count)"
    let id = qos == 0 ? 0 : count % 65_000 + 1
    try publisher(["PUBLISH", topic[...], payload[...], "q=\(qos)", "id=\(id)"])
    if qos == 2 { try publisher(["PUBREL", "\(id)"]) }
    if qos > 0 { published.append(payload) }
  }

  /// A node does what it may do next.
  private mutating func act(_ index: Int) throws {
    let name = nodes[index].name
    switch (nodes[index].state, random.below(6)) {
    case (.active, 0...3): try ask(index, ["DISCONNECT", "duration=60000"], "DISCONNECT", .asleep)
    case (.active, 4):
      nodes[index].reset()
      try ask(index, ["CONNECT", "id=\(name)"], "CONNACK", .active)
    case (.asleep, 0): try ask(index, ["CONNECT", "id=\(name)"], "CONNACK", .active)
    case (.asleep, 1):
      let moved = places.place(of: "\(name)-\(count)")
      nodes[index].place = moved
      try ask(index, ["PINGREQ", name[...]], "PINGRESP", .asleep)
    case (.asleep, 2...4): try ask(index, ["PINGREQ", name[...]], "PINGRESP", .asleep)
    default: break
    }
  }

  private mutating func ask(
    _ index: Int, _ words: [Substring], _ answer: String, _ next: StormNode.State
  ) throws {
    let message = try NodeMessage(words)
    nodes[index].request = StormNode.Request(
      message: message, answer: answer, next: next, sentAt: bench.now)
    try send(message, from: index)
    try transfer()
  }

  private mutating func repeatRequests() throws {
    for index in nodes.indices {
      if let request = nodes[index].request, bench.now - request.sentAt > 3000 {
        nodes[index].request?.sentAt = bench.now
        nodes[index].request?.tries += 1
        if request.tries > 10, request.answer != "CONNACK" { nodes[index].isTurnedAway = true }
        try send(request.message, from: index)
      }
      if nodes[index].isTurnedAway { try reconnect(index) }
    }
  }

  /// A node connects again and has forgotten its topics.
  private mutating func reconnect(_ index: Int) throws {
    nodes[index].reset()
    try ask(index, ["CONNECT", "id=\(nodes[index].name)"], "CONNACK", .active)
  }

  private mutating func send(_ message: NodeMessage, from index: Int) throws {
    let place = nodes[index].place
    for _ in 0..<copies() {
      try bench.feed(place.wrapped(try message.encoded(), hops: 0), from: place.address)
    }
  }

  /// How often a datagram arrives.
  private mutating func copies() -> Int {
    let number = random.below(100)
    return number < trouble ? 0 : number < 2 * trouble ? 2 : 1
  }

  /// Lets the nodes hear what was sent, and answer, until nobody has anything to say.
  private mutating func transfer() throws {
    while !bench.datagrams.isEmpty {
      let datagram = bench.datagrams.removeFirst()
      guard let index = nodes.firstIndex(where: { $0.place == datagram.place }) else { continue }
      let message = try NodeMessage(decoding: datagram.octets)
      for _ in 0..<copies() {
        if let answer = nodes[index].receive(message) { try send(answer, from: index) }
      }
    }
  }

  /// The weather gets better, and all nodes fetch what waits for them.
  mutating func settle() throws {
    trouble = 0
    for _ in 0..<40 {
      for index in nodes.indices where nodes[index].request == nil {
        let state = nodes[index].state
        try ask(index, ["PINGREQ", nodes[index].name[...]], "PINGRESP", state)
      }
      try bench.advance(by: 5000)
      try repeatRequests()
      try transfer()
    }
  }

  /// What gateway and broker hold after all that.
  var counters: [String: String] { bench.counters }
}

/// SplitMix64.
struct StormNumbers {
  var state: UInt64

  mutating func below(_ bound: UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return (mixed ^ (mixed >> 31)) % bound
  }
}
