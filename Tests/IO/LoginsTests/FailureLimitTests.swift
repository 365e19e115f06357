import SessionLink
import Testing

@testable import Logins

@Suite struct FailureLimitTests {
  private func host(_ number: Int) -> LoginHost {
    var octets = InlineArray<16, UInt8>(repeating: 0)
    octets[0] = UInt8(number >> 8)
    octets[1] = UInt8(number & 255)
    return LoginHost(PeerAddress(family: .ipv4, port: 0, octets: octets))
  }

  @Test func `a host that is wrong eight times waits for the next second, another one does not`() {
    var limit = FailureLimit()
    var allowed = 0
    for _ in 0..<20 where limit.allows(host(1), at: 5_000) {
      limit.note(host(1))
      allowed += 1
    }
    let (other, early) = (limit.allows(host(2), at: 5_500), limit.allows(host(1), at: 5_999))
    let late = limit.allows(host(1), at: 6_000)
    #expect(allowed == 8 && other && !early && late)
  }

  @Test func `the hosts that are counted have a limit`() {
    var limit = FailureLimit()
    for number in 0..<4096 { limit.note(host(number)) }
    let (another, later) = (limit.allows(host(5_000), at: 1), limit.allows(host(5_000), at: 1_000))
    #expect(!another && later)
  }
}
