/// Deadlines in order of time: a binary heap of (time, key).
///
/// Entries are not moved or cancelled. Whoever is called early looks at its own state and asks for
/// a new deadline: a keep-alive that is refreshed a thousand times a second costs one entry.
public struct DeadlineQueue: ~Copyable {
  /// One entry: what becomes due, and when.
  public struct Entry: BitwiseCopyable, Sendable {
    /// When it becomes due, in milliseconds of the caller's clock.
    public var time: UInt64
    /// What becomes due.
    public var key: SlotID

    /// Makes an entry.
    public init(time: UInt64, key: SlotID) {
      self.time = time
      self.key = key
    }
  }

  private var heap = Slab<Entry>()

  /// An empty queue.
  public init() {}

  /// The number of entries.
  public var count: Int { heap.count }

  /// The time of the earliest entry.
  public var earliest: UInt64? { heap.isEmpty ? nil : heap[0].time }

  /// Adds an entry.
  public mutating func insert(_ key: SlotID, at time: UInt64) {
    heap.append(Entry(time: time, key: key))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      if heap[parent].time <= heap[child].time { return }
      swapEntries(parent, child)
      child = parent
    }
  }

  /// Takes the earliest entry out if it is due at `now`.
  public mutating func popDue(at now: UInt64) -> Entry? {
    guard !heap.isEmpty, heap[0].time <= now else { return nil }
    let due = heap.swapRemove(at: 0)
    siftDown()
    return due
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var smallest = parent
      for child in (2 * parent + 1)...(2 * parent + 2)
      where child < heap.count && heap[child].time < heap[smallest].time { smallest = child }
      if smallest == parent { return }
      swapEntries(parent, smallest)
      parent = smallest
    }
  }

  private mutating func swapEntries(_ left: Int, _ right: Int) {
    let entry = heap[left]
    heap[left] = heap[right]
    heap[right] = entry
  }
}
