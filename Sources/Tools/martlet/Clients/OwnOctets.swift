extension Array<UInt8> {
  /// The same octets, of one's own.
  init(of octets: Span<UInt8>) {
    self = octets.withUnsafeBufferPointer { Array($0) }
  }
}

extension String {
  /// The text of these octets.
  init(of octets: Span<UInt8>) {
    self.init(decoding: Array(of: octets), as: UTF8.self)
  }
}
