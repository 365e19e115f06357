import SessionLink
import Slabs

/// One deadline a node, in order of time: a binary heap that knows where each node stands in it.
///
/// A deadline only moves forward in time when it fires: whoever is called early looks at its own
/// state and asks for a new one, so that a message from a node does not touch the heap.
struct NodeTimers: ~Copyable {
  struct Entry: BitwiseCopyable {
    var time: LinkTime
    var node: UInt32
  }

  private static let absent = UInt32.max

  private var heap = Slab<Entry>()
  /// Where each node stands in the heap.
  private var positions = Slab<UInt32>()

  /// The earliest deadline.
  var earliest: LinkTime? { heap.isEmpty ? nil : heap[0].time }

  /// Makes sure that `node` is called at `time` or before.
  mutating func call(_ node: Int, at time: LinkTime) {
    while positions.count <= node { positions.append(Self.absent) }
    if positions[node] == Self.absent {
      positions[node] = UInt32(truncatingIfNeeded: heap.count)
      heap.append(Entry(time: time, node: UInt32(truncatingIfNeeded: node)))
    } else if heap[Int(positions[node])].time > time {
      heap[Int(positions[node])].time = time
    } else {
      return
    }
    siftUp(Int(positions[node]))
  }

  /// Forgets the deadline of `node`.
  mutating func remove(_ node: Int) {
    guard node < positions.count, positions[node] != Self.absent else { return }
    let hole = Int(positions[node])
    positions[node] = Self.absent
    _ = heap.swapRemove(at: hole)
    guard hole < heap.count else { return }
    positions[Int(heap[hole].node)] = UInt32(truncatingIfNeeded: hole)
    siftUp(hole)
    siftDown(hole)
  }

  /// Takes out a node whose deadline has come at `now`.
  mutating func popDue(at now: LinkTime) -> Int? {
    guard !heap.isEmpty, heap[0].time <= now else { return nil }
    let node = Int(heap[0].node)
    remove(node)
    return node
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      if heap[parent].time <= heap[child].time { return }
      exchange(parent, child)
      child = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    while true {
      var smallest = parent
      for child in (2 * parent + 1)...(2 * parent + 2)
      where child < heap.count && heap[child].time < heap[smallest].time { smallest = child }
      if smallest == parent { return }
      exchange(parent, smallest)
      parent = smallest
    }
  }

  private mutating func exchange(_ left: Int, _ right: Int) {
    let entry = heap[left]
    heap[left] = heap[right]
    heap[right] = entry
    positions[Int(heap[left].node)] = UInt32(truncatingIfNeeded: left)
    positions[Int(heap[right].node)] = UInt32(truncatingIfNeeded: right)
  }
}
