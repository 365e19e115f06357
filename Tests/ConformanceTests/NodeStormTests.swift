import Testing

@Suite struct NodeStormTests {
  struct Weather: Sendable {
    var seed: UInt64
    /// Of a hundred datagrams, how many are lost, and as many come twice.
    var trouble: UInt64
    /// Messages on their way to one node.
    var inflight: UInt16 = 1
    /// N_RETRY: with few of them nodes are lost, and come back.
    var retries: UInt8 = 60
  }

  private static let weathers = [
    Weather(seed: 1, trouble: 0), Weather(seed: 2, trouble: 5), Weather(seed: 3, trouble: 20),
    Weather(seed: 4, trouble: 20, inflight: 4), Weather(seed: 5, trouble: 40),
    Weather(seed: 6, trouble: 40, inflight: 8), Weather(seed: 7, trouble: 20, retries: 2),
    Weather(seed: 8, trouble: 40, inflight: 3, retries: 2),
  ]

  @Test(arguments: weathers)
  func `sleeping and roaming nodes get every message once, in its order, over bad lines`(
    _ weather: Weather
  ) throws {
    var storm = try NodeStorm.start(
      seed: weather.seed, nodes: 6, trouble: weather.trouble, inflight: weather.inflight,
      retries: weather.retries)
    for _ in 0..<400 { try storm.step() }
    try storm.settle()
    for index in storm.nodes.indices {
      let node = storm.nodes[index]
      #expect(node.complaints == [])
      // With several on their way a lost one comes behind those that were not.
      let isOrdered = weather.inflight == 1
      let received = isOrdered ? node.received : node.received.sorted()
      #expect(
        received == (isOrdered ? storm.published : storm.published.sorted()), "\(node.name)")
    }
    #expect(storm.counters["waitingMessages"] == "0")
    #expect(storm.counters["deliveriesDropped"] == "0")
    #expect((weather.retries < 60) == (storm.counters["nodesLost"] != "0"))
  }
}
