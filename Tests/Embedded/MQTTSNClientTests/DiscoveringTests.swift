import MQTTSNClient
import MQTTSNCodec
import MQTTTerms
import Testing

@Suite struct DiscoveringTests {
  @Test func `[SN 6.1] SEARCHGW after a random wait, GWINFO, found`() {
    let search = SearchTranscript(firstWait: 1_234)
    #expect(search.untilDeadline == 1_234)
    search.wait(1_233)
    #expect(search.sent() == "")
    search.wait(1)
    #expect(search.sent() == "03 01 00")
    #expect(search.feed("03 02 09") == "9 at ")
    #expect(search.gatewayID == 9)
    #expect(search.untilDeadline == nil)
    search.wait(100_000)
    #expect(search.sent() == "")
  }

  @Test func `[SN 6.1] nobody answers: again with a growing interval`() {
    let search = SearchTranscript(firstWait: 0)
    for interval in [5_000, 10_000, 20_000, 40_000] as [UInt32] {
      search.wait(0)
      #expect(search.sent() == "03 01 00")
      #expect(search.untilDeadline == interval)
      search.wait(interval)
    }
    for _ in 0..<20 {
      search.wait(search.untilDeadline ?? 0)
      _ = search.sent()
    }
    #expect(search.untilDeadline == 3_600_000)
  }

  @Test func `[SN 6.1] another client's SEARCHGW counts as one's own`() {
    let search = SearchTranscript(firstWait: 2_000)
    search.wait(1_000)
    #expect(search.feed("03 01 00") == nil)
    search.wait(1_000)
    #expect(search.sent() == "")
    #expect(search.untilDeadline == 4_000)
    search.wait(4_000)
    #expect(search.sent() == "03 01 00")
  }

  @Test func `[SN 6.1] a client that answers for a gateway gives its address`() {
    let search = SearchTranscript(firstWait: 0)
    #expect(search.feed("07 02 03 0A 00 00 01") == "3 at 0A 00 00 01")
  }

  @Test func `[SN 6.1] an ADVERTISE saves the search, N_ADV missed ones begin it anew`() {
    let search = SearchTranscript(firstWait: 1_000)
    #expect(search.feed("05 00 07 03 84") == "7 at ")
    #expect(search.wait(1_000))
    #expect(search.sent() == "")
    #expect(search.wait(899_000))
    _ = search.feed("05 00 07 03 84")
    #expect(search.untilDeadline == 2_700_000)
    #expect(search.wait(2_699_999))
    #expect(!search.wait(1))
    #expect(search.gatewayID == nil)
    search.wait(0)
    #expect(search.sent() == "03 01 00")
  }

  @Test func `the radius is in the SEARCHGW, and what does not fit stays`() {
    let search = SearchTranscript(firstWait: 0, radius: 2)
    search.wait(0)
    #expect(search.sent(capacity: 2) == "")
    #expect(search.sent() == "03 01 02")
  }

  @Test(arguments: ["", "03", "04 00 07", "02 02", "03 05 00", "05 00 07 03"])
  func `what is no message of discovery is dropped`(datagram: String) {
    let search = SearchTranscript(firstWait: 0)
    #expect(search.feed(datagram) == nil)
    #expect(search.gatewayID == nil)
  }
}

/// A search in virtual time: octets in, octets out, written in hex.
private final class SearchTranscript {
  private var search: GatewaySearch
  private var now = TickTime(milliseconds: .max - 1_000)

  init(firstWait: UInt32, radius: UInt8 = 0) {
    search = GatewaySearch(firstWait: firstWait, radius: radius, at: now)
  }

  var gatewayID: UInt8? { search.gatewayID }
  var untilDeadline: UInt32? { search.nextDeadline.map { $0.since(now) } }

  @discardableResult
  func wait(_ duration: UInt32) -> Bool {
    now = now.advanced(by: duration)
    return search.advance(to: now)
  }

  func feed(_ text: String) -> String? {
    let octets = octetsOf(text)
    guard let found = search.receive(octets.span, at: now) else { return nil }
    let address = found.address
    return "\(found.id) at " + hex(address.indices.map { address[$0] })
  }

  func sent(capacity: Int = 8) -> String {
    var octets = [UInt8](repeating: 0, count: capacity)
    let count = octets.withUnsafeMutableBytes { buffer in
      var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
      _ = search.nextTransmit(into: &output)
      return output.finalize(for: buffer)
    }
    return hex(Array(octets[..<count]))
  }
}
