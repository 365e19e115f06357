import MQTTCodec
import Testing

@Suite struct SubscribeTests {
  @Test func `[MQTT-3.8.1-1] a SUBSCRIBE with other flags is refused`() {
    for first in ["80", "81", "83", "86", "8a", "8f"] {
      #expect(fault("\(first) 06 0001 0001 61 00") == .malformedHeaderFlags)
    }
  }

  @Test func `[MQTT-2.3.1-1] SUBSCRIBE and UNSUBSCRIBE have a Packet Identifier other than 0`() {
    #expect(fault("82 06 0000 0001 61 00") == .malformedPacketIdentifier)
    #expect(fault("a2 05 0000 0001 61") == .malformedPacketIdentifier)
    #expect(fault("90 03 0000 00") == .malformedPacketIdentifier)
    #expect(fault("b0 02 0000") == .malformedPacketIdentifier)
  }

  @Test func `[MQTT-3.8.3-1] a Topic Filter is UTF-8`() {
    #expect(fault("82 06 0001 0001 ff 00") == .malformedString)
    #expect(fault("82 0a 0001 0001 61 00 0001 ff 00") == .malformedString)
  }

  @Test func `[MQTT-3.8.3-3] a SUBSCRIBE without Topic Filter is refused`() {
    #expect(fault("82 02 0001") == .emptyPayload)
  }

  @Test(arguments: ["03", "04", "10", "40", "80", "82", "ff"])
  func `[MQTT-3.8.3-4] a Requested QoS beyond 2 is refused`(qos: String) {
    #expect(fault("82 06 0001 0001 61 \(qos)") == .malformedQoS)
    #expect(fault("82 0a 0001 0001 61 00 0001 62 \(qos)") == .malformedQoS)
  }

  @Test func `a SUBSCRIBE that ends inside an entry is refused`() {
    #expect(fault("82 05 0001 0001 61") == .truncated)
    #expect(fault("82 06 0001 0002 6162") == .truncated)
    #expect(fault("82 07 0001 0001 61 00 00") == .truncated)
  }

  @Test(arguments: ["612f2362", "23 2f61", "6123"])
  func `[MQTT-4.7.1-2] a # stands alone at the end`(filter: String) {
    #expect(fault(unsubscribe(filter)) == .malformedTopicFilter)
  }

  @Test(arguments: ["612b", "2b61", "612f2b62"])
  func `[MQTT-4.7.1-3] a + fills its level`(filter: String) {
    #expect(fault(unsubscribe(filter)) == .malformedTopicFilter)
  }

  @Test func `[MQTT-4.7.3-1] a Topic Filter is not empty`() {
    #expect(fault("82 05 0001 0000 00") == .malformedTopicFilter)
    #expect(fault("a2 04 0001 0000") == .malformedTopicFilter)
  }

  @Test func `[MQTT-3.8.4-5] a SUBACK without return codes is refused`() {
    #expect(fault("90 02 0001") == .emptyPayload)
  }

  @Test(arguments: ["03", "7f", "81", "ff"])
  func `[MQTT-3.9.3-2] a SUBACK has no other return codes`(code: String) {
    #expect(fault("90 03 0001 \(code)") == .malformedReturnCode)
    let codes = bytes(code)
    let suback = Suback(packetIdentifier: .init(1), returnCodes: codes.span)
    let error = failure { (output) throws(CodecError) in
      try suback.encode(into: &output, version: .mqtt311)
    }
    #expect(error == .malformedReturnCode)
  }

  @Test func `version 3_1 knows no failed subscription`() {
    #expect(fault("90 03 0001 80", version: .mqtt31) == .malformedReturnCode)
    #expect(fault("90 03 0001 80") == nil)
  }

  @Test func `[MQTT-3.10.1-1] an UNSUBSCRIBE with other flags is refused`() {
    for first in ["a0", "a1", "a3", "a6", "aa", "af"] {
      #expect(fault("\(first) 05 0001 0001 61") == .malformedHeaderFlags)
    }
  }

  @Test func `[MQTT-3.10.3-1] a Topic Filter of an UNSUBSCRIBE is UTF-8`() {
    #expect(fault("a2 05 0001 0001 ff") == .malformedString)
  }

  @Test func `[MQTT-3.10.3-2] an UNSUBSCRIBE without Topic Filter is refused`() {
    #expect(fault("a2 02 0001") == .emptyPayload)
  }

  private func unsubscribe(_ filter: String) -> String {
    let count = bytes(filter).count
    return "a2 0\(count + 4) 0001 000\(count) \(filter)"
  }
}
