import AccessFiles
import WireBytes

// The two messages of a client [RFC 5802 7]. Whatever is not of their form is nil.

/// The most octets of a message, of a nonce in it, and of a user name.
private enum Bounds {
  static let message = 4096
  static let nonce = 256
  static let userName = 1024
}

/// The first one: who the client is, and a nonce.
struct ScramFirst: Sendable, Equatable {
  /// What stands in front, up to and with the second comma.
  let header: [UInt8]
  /// The rest.
  let bare: [UInt8]
  let userName: [UInt8]
  let nonce: [UInt8]

  init?(_ message: [UInt8]) {
    let parts = attributes(of: message)
    // No binding to a channel of TLS: a client that insists on one ("p=") does not get in.
    guard parts.count >= 4, parts[0].elementsEqual("n".utf8) || parts[0].elementsEqual("y".utf8),
      let name = value(of: parts[2], "n"), let nonce = value(of: parts[3], "r"),
      isNonce(nonce), let userName = Self.userName(name),
      Self.isNoOther(parts[1], than: name), isEachOnce(parts[2...])
    else { return nil }
    let count = parts[0].count + parts[1].count + 2
    header = Array(message[..<count])
    bare = Array(message[count...])
    self.userName = userName
    self.nonce = Array(nonce)
  }

  /// Whether nobody else is named as the one to act for.
  private static func isNoOther(_ part: ArraySlice<UInt8>, than name: ArraySlice<UInt8>) -> Bool {
    part.isEmpty || value(of: part, "a").map { $0.elementsEqual(name) } == true
  }

  /// A name in which `=2C` stands for a comma and `=3D` for an equals sign.
  private static func userName(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var name: [UInt8] = []
    var rest = text
    while let octet = rest.popFirst() {
      guard octet == UInt8(ascii: "=") else {
        name.append(octet)
        continue
      }
      let code = rest.prefix(2)
      rest = rest.dropFirst(2)
      if code.elementsEqual("2C".utf8) {
        name.append(UInt8(ascii: ","))
      } else if code.elementsEqual("3D".utf8) {
        name.append(UInt8(ascii: "="))
      } else {
        return nil
      }
    }
    let isFit = (1...Bounds.userName).contains(name.count) && isWellFormedUTF8(name.span)
    return isFit && name.allSatisfy { $0 >= 0x20 && $0 != 0x7F } ? name : nil
  }
}

/// The last one: the proof.
struct ScramFinal: Sendable, Equatable {
  /// What the client takes to be the first message's header.
  let header: [UInt8]
  let nonce: [UInt8]
  let proof: [UInt8]
  /// All of it but the proof.
  let withoutProof: [UInt8]

  init?(_ message: [UInt8]) {
    let parts = attributes(of: message)
    guard parts.count >= 3, let last = parts.last,
      let header = value(of: parts[0], "c").flatMap({ Base64.octets(of: $0) }),
      let nonce = value(of: parts[1], "r"), isNonce(nonce, atMost: 2 * Bounds.nonce),
      let proof = value(of: last, "p").flatMap({ Base64.octets(of: $0) }),
      proof.count == 32, isEachOnce(parts[...])
    else { return nil }
    self.header = header
    self.nonce = Array(nonce)
    self.proof = proof
    withoutProof = Array(message.dropLast(last.count + 1))
  }
}

private func attributes(of message: [UInt8]) -> [ArraySlice<UInt8>] {
  guard message.count <= Bounds.message else { return [] }
  return message.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
}

/// What stands behind `name=`.
private func value(of part: ArraySlice<UInt8>, _ name: Character) -> ArraySlice<UInt8>? {
  part.starts(with: "\(name)=".utf8) ? part.dropFirst(2) : nil
}

/// Whether each attribute is a letter with a value, and none stands there twice. `m` asks for what
/// is not known here.
private func isEachOnce(_ parts: ArraySlice<ArraySlice<UInt8>>) -> Bool {
  var seen: Set<UInt8> = [UInt8(ascii: "m")]
  return parts.allSatisfy { part in
    guard let name = part.first, part.dropFirst().first == UInt8(ascii: "="),
      (0x41...0x5A).contains(name & ~0x20)
    else { return false }
    return seen.insert(name).inserted
  }
}

/// Printable characters without a comma.
private func isNonce(_ octets: ArraySlice<UInt8>, atMost limit: Int = Bounds.nonce) -> Bool {
  (1...limit).contains(octets.count) && octets.allSatisfy { (0x21...0x7E).contains($0) }
}
