/// The last few addresses that something was done for: a bounded memory, the oldest goes first.
struct RecentAddresses: BitwiseCopyable {
  private static var capacity: Int { 64 }

  private var addresses = InlineArray<64, NodeAddress>(repeating: NodeAddress(line: 0))
  private var count = 0
  private var next = 0

  func contains(_ address: NodeAddress) -> Bool {
    for index in 0..<count where addresses[index] == address { return true }
    return false
  }

  /// Notes an address; tells whether it is new.
  mutating func insert(_ address: NodeAddress) -> Bool {
    guard !contains(address) else { return false }
    addresses[next] = address
    next = (next + 1) % Self.capacity
    count = min(count + 1, Self.capacity)
    return true
  }
}
