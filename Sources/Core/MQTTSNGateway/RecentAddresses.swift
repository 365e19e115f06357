import Slabs

/// The last 64 addresses that something was done for: the oldest goes first.
struct RecentAddresses: ~Copyable {
  private static let capacity = 64

  private var addresses = Slab<NodeAddress>()
  private var oldest = 0

  func contains(_ address: NodeAddress) -> Bool {
    for index in 0..<addresses.count where addresses[index] == address { return true }
    return false
  }

  /// Notes an address; tells whether it is new.
  mutating func insert(_ address: NodeAddress) -> Bool {
    guard !contains(address) else { return false }
    if addresses.count < Self.capacity {
      addresses.append(address)
    } else {
      addresses[oldest] = address
      oldest = (oldest + 1) % Self.capacity
    }
    return true
  }
}
