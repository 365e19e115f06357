import Testing

@testable import Slabs

@Suite struct SlabsTests {
  @Test func `a slab keeps its elements while it grows`() {
    var slab = Slab<Int>(capacity: 1)
    for number in 0..<100 { slab.append(number) }
    let last = slab[99]
    #expect(slab.count == 100 && last == 99)
    let removed = slab.swapRemove(at: 0)
    let moved = slab[0]
    #expect(removed == 0 && moved == 99 && slab.count == 99)
    slab.removeAll()
    slab.append(contentsOf: [7, 8, 9].span)
    let third = slab.span[2]
    #expect(third == 9)
  }

  @Test func `a late name does not reach the next tenant of its slot`() {
    var table = SlotTable<String>()
    let first = table.insert("first")
    let taken = table.remove(first)
    #expect(taken == "first")
    let second = table.insert("second")
    #expect(second.index == first.index)
    let again = table.remove(first)
    let living = table[Int(second.index)]
    #expect(again == nil && living == "second" && table.count == 1)
  }

  @Test func `deadlines come in order of time`() {
    var queue = DeadlineQueue()
    var random = SystemRandomNumberGenerator()
    for index in 0..<500 {
      let time = UInt64.random(in: 0..<1000, using: &random)
      queue.insert(SlotID(index: UInt32(index), generation: 1), at: time)
    }
    var last: UInt64 = 0
    var count = 0
    while let entry = queue.popDue(at: 2000) {
      #expect(entry.time >= last)
      last = entry.time
      count += 1
    }
    #expect(count == 500)
    #expect(queue.count == 0 && queue.earliest == nil)
  }
}
