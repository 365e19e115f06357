import Fuzzing

/// Feeds pieces of octets to some connections of one broker.
///
/// Each step is an octet: the connection (modulo 4), and what happens to it. Mostly a piece of
/// octets arrives whose length is the next octet; else time passes, or the network breaks.
public func fuzzConnection(_ octets: [UInt8]) throws {
  var input = FuzzInput(octets)
  var broker = FuzzedBroker()
  while input.count > 0 {
    let step = input.octet()
    let index = Int(step % 4)
    switch step / 4 {
    case 60: try broker.lose(index)
    case 61: try broker.wait(milliseconds: 500 * UInt64(input.octet()))
    case 62: try broker.wait(milliseconds: 600_000 * UInt64(input.octet()))
    default: try broker.feed(input.octets(Int(input.octet())), to: index)
    }
    try broker.check()
  }
  for index in 0..<4 { try broker.lose(index) }
  try broker.check()
}
