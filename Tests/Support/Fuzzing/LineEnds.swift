/// The text with CR LF wherever it has LF alone.
public func withLineEndsOfWindows(_ text: String) -> String {
  var octets: [UInt8] = []
  for octet in text.utf8 {
    if octet == UInt8(ascii: "\n"), octets.last != UInt8(ascii: "\r") {
      octets.append(UInt8(ascii: "\r"))
    }
    octets.append(octet)
  }
  return String(decoding: octets, as: UTF8.self)
}
