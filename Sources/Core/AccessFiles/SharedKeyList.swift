/// The identities and secrets of a `psk_file`.
public struct SharedKeyList: Sendable, Equatable {
  /// The secrets, by identity.
  public private(set) var keys: [[UInt8]: [UInt8]] = [:]

  /// The longest secret in octets: OpenSSL's limit for TLS 1.2.
  private static let longestKey = 256
  /// The longest identity in octets.
  private static let longestIdentity = 128

  /// The list that the text of a file says: an identity, a colon and a secret in hexadecimal to a line.
  /// A line is a comment when `#` is its first character.
  public init(text: String) throws(AccessFileError) {
    try readLines(of: text) { line throws(LineFault) in try take(line) }
  }

  private mutating func take(_ line: Substring.UTF8View) throws(LineFault) {
    guard let colon = line.lastIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
      throw LineFault(reason: "there is no identity before a colon")
    }
    let identity = Array(line[..<colon])
    let name = String(decoding: identity, as: UTF8.self)
    guard identity.count <= Self.longestIdentity else {
      throw LineFault(reason: "\(name) is too long")
    }
    guard let key = Hexadecimal.octets(of: line[line.index(after: colon)...]),
      (1...Self.longestKey).contains(key.count)
    else { throw LineFault(reason: "what stands for \(name) is no secret in hexadecimal") }
    guard keys.updateValue(key, forKey: identity) == nil else {
      throw LineFault(reason: "\(name) stands there twice")
    }
  }
}
