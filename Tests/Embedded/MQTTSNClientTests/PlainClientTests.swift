import MQTTSNClient
import MQTTSNCodec
import MQTTTerms
import Testing

@Suite struct PlainClientTests {
  private let now = TickTime(milliseconds: 0)

  @Test func `a plain client has no will, no sleep, no QoS 2`() throws {
    var client = Client<64, 0, PlainAbilities>()
    let text = octetsOf("61").span
    #expect(throws: ClientError.unsupported) {
      try client.connect(clientID: text, keepAlive: 0, hasWill: true, at: now)
    }
    try client.connect(clientID: text, keepAlive: 0, at: now)
    client.receive(octetsOf("02 06").span, at: now)
    #expect(client.nextEvent() == nil)
    client.receive(octetsOf("03 05 00").span, at: now)
    #expect(client.nextEvent() == .connected)
    #expect(throws: ClientError.unsupported) {
      try client.publish(text, to: .normal(5), qos: .exactlyOnce, at: now)
    }
    #expect(throws: ClientError.unsupported) {
      try client.subscribe(.name(text), qos: .exactlyOnce, at: now)
    }
    #expect(throws: ClientError.unsupported) { try client.unsubscribe(.name(text), at: now) }
    #expect(throws: ClientError.unsupported) { try client.fallAsleep(for: 5, at: now) }
    #expect(throws: ClientError.unsupported) { try client.updateWillMessage(text, at: now) }
  }

  @Test func `QoS 2 is refused and does not arrive`() throws {
    var client = Client<64, 0, PlainAbilities>()
    try client.connect(clientID: octetsOf("61").span, keepAlive: 0, at: now)
    var octets = [UInt8](repeating: 0, count: 64)
    _ = transmit(&client, into: &octets)
    client.receive(octetsOf("03 05 00").span, at: now)
    client.receive(octetsOf("08 0C 40 00 07 00 01 31").span, at: now)
    let count = transmit(&client, into: &octets)
    #expect(hex(Array(octets[..<count])) == "07 0D 00 07 00 01 03")
  }

  private func transmit(
    _ client: inout Client<64, 0, PlainAbilities>, into octets: inout [UInt8]
  ) -> Int {
    octets.withUnsafeMutableBytes { buffer in
      var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
      _ = client.nextTransmit(into: &output)
      return output.finalize(for: buffer)
    }
  }
}
