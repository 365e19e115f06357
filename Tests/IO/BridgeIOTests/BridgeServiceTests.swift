import BridgeIO
import MQTTBridge
import Testing

@Suite struct BridgeServiceTests {
  /// CONNECT of 3.1.1 with the mark, a kept session, 60 seconds, "b".
  private let connect: [UInt8] = [
    0x10, 13, 0, 4, 0x4D, 0x51, 0x54, 0x54, 0x84, 0, 0, 60, 0, 1, 0x62,
  ]
  /// UNSUBSCRIBE from "a".
  private let unsubscribe: [UInt8] = [0xA2, 5, 0xFF, 0xFF, 0, 1, 0x61]
  private let connack: [UInt8] = [0x20, 2, 0, 0]

  @Test(arguments: ["127.0.0.1", "localhost"])
  func `a bridge calls an address or a name`(host: String) throws {
    var bench = try BridgeBench.make()
    bench.add(bench.setup(BridgePlace(host: host, port: bench.port)))
    let greeting = try bench.octets(connect.count)
    bench.send(connack)
    let request = try bench.octets(unsubscribe.count)
    #expect(greeting == connect && request == unsubscribe)
    let notices = bench.notices().map(\.notice)
    #expect(notices == [.connecting(address: 0), .connected(address: 0)])
  }

  @Test func `who is not there is told of, and the next one is called`() throws {
    var bench = try BridgeBench.make()
    let nowhere = BridgePlace(host: "no.such.host.invalid", port: 1)
    bench.add(bench.setup(nowhere, BridgePlace(host: "127.0.0.1", port: bench.port)))
    let greeting = try bench.octets(connect.count)
    #expect(greeting == connect)
    let notices = bench.notices()
    #expect(notices.map(\.place).contains("no.such.host.invalid:1"))
    #expect(
      notices.contains { if case .unreachable(address: 0, _) = $0.notice { true } else { false } })
  }

  @Test func `an address of IPv6 has brackets`() {
    #expect(BridgePlace(host: "::1", port: 7).text == "[::1]:7")
    #expect(BridgePlace(host: "h", port: 7).text == "h:7")
  }

  @Test func `a bridge that is renewed now says good-bye first`() throws {
    var bench = try BridgeBench.make()
    let place = BridgePlace(host: "127.0.0.1", port: bench.port)
    bench.add(bench.setup(place))
    _ = try bench.octets(connect.count)
    bench.send(connack)
    _ = try bench.octets(unsubscribe.count)
    var next = bench.setup(place)
    next.options.remote.clientID = Array("n".utf8)
    bench.renew([RenewedBridge(next, .now)])
    let last = try bench.octets(2)
    #expect(last == [0xE0, 0])
    bench.hangUp()
    let greeting = try bench.octets(connect.count)
    #expect(greeting == connect.dropLast() + [0x6E])
    bench.renew([])
    let count = bench.service.count
    #expect(count == 0)
  }
}
