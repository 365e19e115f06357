import Fuzzing

@testable import WebSocket

/// Reads octets as a client's request and as a server's answer, at once and octet by octet.
///
/// The first octet chooses the rules.
public func fuzzUpgrade(_ octets: [UInt8]) throws {
  var input = FuzzInput(octets)
  let choice = input.octet()
  var rules = UpgradeRules()
  if choice & 1 != 0 { rules.origins = ["https://a.example"] }
  if choice & 2 != 0 { rules.sizeLimit = 200 }
  let stream = input.rest()
  let atOnce = judged(stream, rules, size: .max)
  let apart = judged(stream, rules, size: 1)
  // A request without an end may be refused late or early, for its length or its form.
  try demand(atOnce == apart, "\(hexadecimal(stream)): \(atOnce), \(apart)")
  var consumed = 0
  let upgrade = ClientUpgrade(
    host: "h", path: "/", key: UpgradeKey(random: InlineArray(repeating: 1)),
    accept: UpgradeAccept(digest: InlineArray(repeating: 1)), .mqtt)
  let step = upgrade.receive(stream.span, consumed: &consumed)
  try demand(consumed <= stream.count && (step == .accepted) == (consumed > 0), "\(step)")
}

private func judged(_ stream: [UInt8], _ rules: UpgradeRules, size: Int) -> String {
  var reader = UpgradeReader()
  var count = 0
  while count < stream.count {
    count = size > stream.count - count ? stream.count : count + size
    var consumed = 0
    switch reader.receive(stream.span.extracting(0..<count), consumed: &consumed, rules) {
    case .needMore: continue
    case .accepted(_, let subprotocol): return "\(subprotocol) \(consumed)"
    case .refused(let refusal): return "\(refusal)"
    }
  }
  return "more"
}
