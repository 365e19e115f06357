import Testing

@testable import MQTTSNGateway

@Suite struct TableTests {
  @Test func `nodes come and go under hashes that collide`() {
    var table = NodeIndex()
    var expected: Set<Int> = []
    var random = SplitMix(state: 7)
    // Each node has one of 60 hashes, far apart but for the low bits.
    func hash(_ node: Int) -> UInt32 { UInt32(node % 60) &* 0x0100_0003 }
    for _ in 0..<20_000 {
      let node = Int(random.next() % 300)
      if expected.insert(node).inserted {
        table.insert(hash(node), node)
      } else {
        table.remove(hash(node), node)
        expected.remove(node)
      }
    }
    var wrong = 0
    for node in 0..<300 {
      var position = NodeIndex.start(of: hash(node))
      var isFound = false
      while let found = table.next(hash(node), from: &position) {
        if found == node { isFound = true }
      }
      if isFound != expected.contains(node) { wrong += 1 }
    }
    let count = table.count
    #expect(wrong == 0 && count == expected.count)
  }

  @Test func `timers fire in order, once a node`() {
    var timers = NodeTimers()
    var random = SplitMix(state: 9)
    var expected: [Int: UInt64] = [:]
    for _ in 0..<5000 {
      let node = Int(random.next() % 200)
      let time = random.next() % 10_000
      if random.next() % 4 == 0 {
        timers.remove(node)
        expected[node] = nil
      } else {
        timers.call(node, at: time)
        expected[node] = min(expected[node] ?? .max, time)
      }
    }
    var last: UInt64 = 0
    var fired = 0
    while let time = timers.earliest, let node = timers.popDue(at: .max) {
      #expect(time >= last && expected[node] == time)
      last = time
      fired += 1
    }
    #expect(fired == expected.count)
  }

  @Test func `a queue keeps its order while it grows`() {
    var queue = PendingQueue()
    var taken: [UInt32] = []
    var next: UInt32 = 0
    func delivery(_ number: UInt32) -> PendingDelivery {
      PendingDelivery(
        message: .init(index: number), packetID: .none, qos: .atMostOnce, flags: [])
    }
    for round in 0..<50 {
      for _ in 0..<(round % 7 + 1) {
        queue.append(delivery(next))
        next += 1
      }
      for _ in 0..<(round % 5) {
        if let first = queue.popFirst() { taken.append(first.message.index) }
      }
    }
    if let first = queue.popFirst() {
      queue.prepend(first)
    }
    while let first = queue.popFirst() { taken.append(first.message.index) }
    #expect(taken == Array(0..<next))
  }
}
