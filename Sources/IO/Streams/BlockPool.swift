/// Output blocks that wait to be used again, by size: 2, 4, 8, 16, 32 and 64 KiB.
///
/// Only as many as fit `keptLimit` octets are kept; larger blocks and the rest go back to the heap.
/// One pool serves all streams of a loop, so that an idle stream needs no block.
public struct BlockPool: ~Copyable {
  /// The smallest block's size in octets.
  public static var smallestBlock: Int { 1 << 11 }
  /// The largest block that is kept, in octets.
  public static var largestBlock: Int { 1 << 16 }

  /// The first free block of each size; its first word leads to the next.
  private var free: InlineArray<6, UnsafeMutableRawPointer?> = .init(repeating: nil)
  private let keptLimit: Int
  /// The octets in blocks that wait here.
  public private(set) var keptBytes = 0
  /// The octets in blocks that are out on loan.
  public private(set) var lentBytes = 0

  /// An empty pool that keeps at most `keptLimit` octets.
  public init(keptLimit: Int = 1 << 20) { self.keptLimit = keptLimit }

  deinit {
    for index in free.indices {
      var next = free[index]
      while let block = next {
        next = block.load(as: UnsafeMutableRawPointer?.self)
        block.deallocate()
      }
    }
  }

  /// The size of the block that holds `count` octets.
  static func blockSize(holding count: Int) -> Int {
    var size = smallestBlock
    while size < count { size *= 2 }
    return size
  }

  /// A block of `size`, which is one of `blockSize(holding:)`.
  mutating func take(_ size: Int) -> UnsafeMutableRawPointer {
    lentBytes += size
    if size <= BlockPool.largestBlock {
      let index = BlockPool.index(size)
      if let block = free[index] {
        free[index] = block.load(as: UnsafeMutableRawPointer?.self)
        keptBytes -= size
        return block
      }
    }
    return .allocate(byteCount: size, alignment: 16)
  }

  /// Takes a block of `size` back.
  mutating func give(_ block: UnsafeMutableRawPointer, size: Int) {
    lentBytes -= size
    guard size <= BlockPool.largestBlock, keptBytes + size <= keptLimit else {
      block.deallocate()
      return
    }
    let index = BlockPool.index(size)
    block.storeBytes(of: free[index], as: UnsafeMutableRawPointer?.self)
    free[index] = block
    keptBytes += size
  }

  private static func index(_ size: Int) -> Int { size.trailingZeroBitCount - 11 }
}
