import Testing

@testable import MQTTSNGateway

@Suite struct TableTests {
  @Test func `addresses come and go`() {
    var table = AddressTable(seed: 3)
    var expected: [NodeAddress: Int] = [:]
    var random = SplitMix(state: 7)
    for step in 0..<20_000 {
      let address = NodeAddress(line: 1, words: .init(random.next() % 300, 0, 0))
      if expected[address] == nil {
        table.insert(address, node: step)
        expected[address] = step
      } else {
        table.remove(address)
        expected[address] = nil
      }
    }
    var wrong = 0
    for number in 0..<300 {
      let address = NodeAddress(line: 1, words: .init(UInt64(number), 0, 0))
      if table[address] != expected[address] { wrong += 1 }
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
