import CLinux

/// What the process takes of the machine's memory.
public enum Memory {
  /// Octets on the heap that are in use.
  public static func heapOctets() -> Int { Int(clamping: linux_heap_in_use()) }
}
