import Testing

@Suite struct NodeStormTests {
  private static let weathers: [(seed: UInt64, trouble: UInt64, inflight: UInt16)] = [
    (1, 0, 1), (2, 5, 1), (3, 20, 1), (4, 20, 4), (5, 40, 1), (6, 40, 8),
  ]

  @Test(arguments: weathers)
  func `sleeping and roaming nodes get every message once, in its order, over bad lines`(
    _ weather: (seed: UInt64, trouble: UInt64, inflight: UInt16)
  ) throws {
    var storm = try NodeStorm.start(
      seed: weather.seed, nodes: 6, trouble: weather.trouble, inflight: weather.inflight)
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
    #expect(storm.counters["nodesLost"] == "0")
    #expect(storm.counters["deliveriesDropped"] == "0")
  }
}
