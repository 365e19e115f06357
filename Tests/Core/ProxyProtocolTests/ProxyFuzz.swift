import Fuzzing

@testable import ProxyProtocol

/// Reads octets as a PROXY header, at once and octet by octet; the lowest bit of the first octet
/// chooses the version.
public func fuzzProxy(_ octets: [UInt8]) throws {
  var input = FuzzInput(octets)
  let version: ProxyVersion = input.octet() & 1 == 0 ? .version1 : .version2
  let stream = input.rest()
  var consumed = 0
  let atOnce = ProxyHeader.read(stream.span, consumed: &consumed, version)
  try demand(consumed <= stream.count, "\(hexadecimal(stream)): \(consumed)")
  var last = ProxyStep.needMore
  var count = 0
  while last == .needMore, count < stream.count {
    count += 1
    var taken = 0
    last = ProxyHeader.read(stream.span.extracting(0..<count), consumed: &taken, version)
    if case .header = last { try demand(taken == consumed && taken == count, "\(taken)") }
  }
  try demand(last == atOnce, "\(hexadecimal(stream)): \(atOnce), \(last)")
  if last == .needMore { try demand(count <= 16 + 4096, "\(count) octets are kept") }
  guard case .header(let header) = last, let name = header.tls?.commonName else { return }
  try demand(name.upperBound <= consumed && name.lowerBound >= 16, "\(name)")
}
