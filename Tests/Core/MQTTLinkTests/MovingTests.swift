import SessionLink
import Testing

@testable import MQTTLink

@Suite struct MovingTests {
  @Test func `a client behind a proxy is judged by its own address`() {
    let proxy = PeerAddress(family: .ipv4, port: 1, octets: InlineArray(repeating: 1))
    let client = PeerAddress(family: .ipv4, port: 2, octets: InlineArray(repeating: 2))
    var connection = Connection(limits: ConnectionLimits(), address: proxy, at: 0)
    connection.move(to: client)
    let connect: [UInt8] = [0x10, 13, 0, 4, 0x4D, 0x51, 0x54, 0x54, 4, 2, 0, 0, 0, 1, 0x61]
    var consumed = 0
    guard
      case .event(.open(let request)) =
        connection.receiveFurther(connect.span, consumed: &consumed, at: 0)
    else {
      Issue.record("no request")
      return
    }
    let address = request.address
    #expect(address == client)
  }
}
