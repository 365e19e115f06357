/// What a fuzzer has made up: octets that are taken from the front, as choices or as data.
public struct FuzzInput {
  private let octets: [UInt8]
  private var position = 0

  /// All of `octets` are to be taken.
  public init(_ octets: [UInt8]) { self.octets = octets }

  /// How many octets are left.
  public var count: Int { octets.count - position }

  /// The next octet; 0 when none is left.
  public mutating func octet() -> UInt8 {
    guard position < octets.count else { return 0 }
    position += 1
    return octets[position - 1]
  }

  /// A number below `bound` (1...256) from the next octet.
  public mutating func below(_ bound: Int) -> Int { Int(octet()) % bound }

  /// The next octets, `count` of them or what is left.
  public mutating func octets(_ count: Int) -> [UInt8] {
    let end = min(octets.count, position + count)
    defer { position = end }
    return Array(octets[position..<end])
  }

  /// All that is left.
  public mutating func rest() -> [UInt8] { octets(count) }
}
