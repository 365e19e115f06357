import MQTTTerms
import SessionLink
import Testing

@testable import MQTTLink

@Suite struct PublishImageTests {
  @Test func `a message without an end is sent in the first second after a start`() {
    #expect(StoredMessage.secondsLeft(until: .max, at: 0) == .max)
    #expect(StoredMessage.secondsLeft(until: 1_001, at: 0) == 2)
    #expect(StoredMessage.secondsLeft(until: 1_000, at: 0) == 1)
    #expect(StoredMessage.secondsLeft(until: 5, at: 5) == 0)
  }

  private func recipient(_ qos: QoS, _ id: UInt16, _ flags: DeliveryFlags = []) -> Recipient {
    Recipient(
      link: LinkID(index: 0, generation: 1), packetID: PacketIdentifier(id), qos: qos, flags: flags)
  }

  @Test func `one image serves all recipients of a QoS, with a place for the identifier`() throws {
    var image = PublishImage()
    let topic = Array("a/b".utf8)
    let payload = Array("xyz".utf8)
    image.forget()
    try image.prepare(
      topic: topic.span, payload: payload.span, for: recipient(.atLeastOnce, 0x0102),
      version: .mqtt311)
    #expect(image.packetIDOffset == 7)
    #expect(copy(image.bytes) == [0x32, 10, 0, 3, 97, 47, 98, 1, 2, 120, 121, 122])
    try image.prepare(
      topic: topic.span, payload: payload.span, for: recipient(.atMostOnce, 0, .retained),
      version: .mqtt311)
    #expect(image.packetIDOffset == nil)
    #expect(copy(image.bytes) == [0x31, 8, 0, 3, 97, 47, 98, 120, 121, 122])
  }

  @Test func `a message larger than the one before fits too`() throws {
    var image = PublishImage()
    for size in [1, 10_000, 70_000, 5] {
      let payload = [UInt8](repeating: 7, count: size)
      image.forget()
      try image.prepare(
        topic: [97].span, payload: payload.span, for: recipient(.atMostOnce, 0), version: .mqtt311)
      let encoded = copy(image.bytes)
      #expect(encoded.count > size && encoded.suffix(size) == payload[...])
    }
  }

  private func copy(_ bytes: Span<UInt8>) -> [UInt8] {
    var copy: [UInt8] = []
    for index in 0..<bytes.count { copy.append(bytes[index]) }
    return copy
  }
}
