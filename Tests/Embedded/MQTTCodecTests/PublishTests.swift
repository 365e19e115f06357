import MQTTCodec
import MQTTTerms
import Testing

@Suite struct PublishTests {
  @Test func `[MQTT-3.3.1-2] DUP does not go with QoS 0`() {
    #expect(fault("38 03 0001 61") == .malformedHeaderFlags)
    #expect(fault("39 03 0001 61") == .malformedHeaderFlags)
    #expect(fault("3a 05 0001 61 0001") == nil)
  }

  @Test(arguments: ["36", "37", "3e", "3f"])
  func `[MQTT-3.3.1-4] QoS 3 is refused`(first: String) {
    #expect(fault("\(first) 05 0001 61 0001") == .malformedQoS)
  }

  @Test(arguments: [
    "30 00", "30 01 00", "30 02 0001", "30 03 0002 61", "32 03 0001 61", "32 04 0001 61 00",
    "30 03 ffff 61",
  ])
  func `[MQTT-3.3.2-1] a PUBLISH that ends inside its header is refused`(hex: String) {
    #expect(fault(hex) == .truncated)
  }

  @Test(arguments: [
    "ff", "80", "61ff", "612f62632f64652fff", "ff616263646566676869", "61626364656667c3",
    "6162636465666768edA080", "6162636465666768c0af",
  ])
  func `[MQTT-3.3.2-1] a Topic Name is UTF-8`(topic: String) {
    #expect(fault(publish(topic)) == .malformedTopicName)
  }

  @Test(arguments: [
    "23", "2b", "612f23", "2b2f61", "6162636465666723", "612b62636465666768", "c3bc2f23",
    "61626364656667682b", "23616263646566676869",
  ])
  func `[MQTT-3.3.2-2] a Topic Name holds no wildcard`(topic: String) {
    #expect(fault(publish(topic)) == .malformedTopicName)
  }

  @Test(arguments: 1...40)
  func `[MQTT-3.3.2-2] wherever it stands`(count: Int) {
    for index in 0..<count {
      for octet: UInt8 in [0x23, 0x2B, 0x00, 0x80, 0xFF] {
        var topic = [UInt8](repeating: 0x7A, count: count)
        topic[index] = octet
        let packet = [0x30, UInt8(count + 2), 0, UInt8(count)] + topic
        #expect(read(packet) == .fault(.malformedTopicName))
      }
    }
  }

  @Test(arguments: 1...40)
  func `every other octet of ASCII may stand anywhere in a Topic Name`(count: Int) {
    for octet in UInt8(1)...0x7F where octet != 0x23 && octet != 0x2B {
      for index in Set([0, count / 2, count - 1]) {
        var topic = [UInt8](repeating: 0x7A, count: count)
        topic[index] = octet
        let packet = [0x30, UInt8(count + 2), 0, UInt8(count)] + topic
        let reading = read(packet)
        let words = "PUBLISH q0 #0 \(String(decoding: topic, as: UTF8.self)) = "
        #expect(reading == .packet(words))
      }
    }
  }

  @Test func `[MQTT-4.7.3-1] a Topic Name is not empty`() {
    #expect(fault("30 02 0000") == .malformedTopicName)
    #expect(fault("32 04 0000 0001") == .malformedTopicName)
  }

  @Test(arguments: ["00", "6100", "6162636465666700", "006162636465666768"])
  func `[MQTT-4.7.3-2] a Topic Name holds no U+0000`(topic: String) {
    #expect(fault(publish(topic)) == .malformedTopicName)
  }

  @Test func `[MQTT-4.7.3-3] a Topic Name may have 65535 octets and not more`() throws {
    let topic = [UInt8](repeating: 0x61, count: 65_536)
    let longest = PublishHeader(topicName: topic.span.extracting(0..<65_535))
    let image = try written(capacity: 70_000) { (output) throws(CodecError) in
      try longest.encode(into: &output, version: .mqtt311)
    }
    #expect(read(image) != .needMore && image.count == 4 + 2 + 65_535)
    let tooLong = PublishHeader(topicName: topic.span)
    let error = failure(capacity: 70_000) { (output) throws(CodecError) in
      try tooLong.encode(into: &output, version: .mqtt311)
    }
    #expect(error == .tooLong)
  }

  @Test(arguments: ["32", "34"])
  func `[MQTT-2.3.1-1] a PUBLISH above QoS 0 has a Packet Identifier other than 0`(first: String) {
    #expect(fault("\(first) 05 0001 61 0000") == .malformedPacketIdentifier)
  }

  @Test func `[MQTT-2.3.1-5] the Packet Identifier suits the QoS when written`() {
    let topic = bytes("61")
    for (qos, identifier) in [(QoS.atMostOnce, 1), (.atLeastOnce, 0), (.exactlyOnce, 0)] {
      let header = PublishHeader(
        topicName: topic.span, qos: qos, packetIdentifier: PacketIdentifier(UInt16(identifier)))
      let error = failure { (output) throws(CodecError) in
        try header.encode(into: &output, version: .mqtt311)
      }
      #expect(error == .malformedPacketIdentifier)
    }
  }

  @Test(arguments: [0, 1, 120, 121, 122, 123, 200, 16_373, 16_374, 16_380, 16_390])
  func `one image serves many when its Packet Identifier is replaced`(size: Int) throws {
    let topic = bytes("612f62")
    let payload = [UInt8](repeating: 0x78, count: size)
    let header = PublishHeader(
      topicName: topic.span, payloadSize: size, qos: .atLeastOnce,
      packetIdentifier: PacketIdentifier(1))
    let first = Publish(header, payload: payload.span)
    var image = try written(capacity: 20_000) { (output) throws(CodecError) in
      try first.encode(into: &output, version: .mqtt311)
    }
    let place = header.packetIdentifierOffset(version: .mqtt311)
    let offset = try #require(place)
    let packetSize = header.packetSize(version: .mqtt311)
    let encodedSize = first.encodedSize(version: .mqtt311)
    #expect(image.count == packetSize && image.count == encodedSize)
    image[offset] = 0xAB
    image[offset + 1] = 0xCD
    let words = "PUBLISH q1 #43981 a/b = " + String(repeating: "x", count: size)
    #expect(read(image) == .packet(words))
  }

  @Test func `at QoS 0 an image has no Packet Identifier to replace`() {
    let topic = bytes("61")
    let offset = PublishHeader(topicName: topic.span).packetIdentifierOffset(version: .mqtt311)
    #expect(offset == nil)
  }

  @Test func `a header is written only where its payload fits too`() throws {
    let topic = bytes("61")
    let header = PublishHeader(topicName: topic.span, payloadSize: 3)
    let image = try written(capacity: 8) { (output) throws(CodecError) in
      try header.encode(into: &output, version: .mqtt311, reserving: 3)
    }
    #expect(image == bytes("30 06 0001 61"))
    for (capacity, reserving) in [(7, 3), (4, 0), (4, -1), (0, -100)] {
      let error = failure(capacity: capacity) { (output) throws(CodecError) in
        try header.encode(into: &output, version: .mqtt311, reserving: reserving)
      }
      #expect(error == .outOfRoom)
    }
  }

  @Test(arguments: [268_435_453, 268_435_456, Int.max, -1, -100, Int.min])
  func `a packet of an impossible size cannot be written`(size: Int) {
    let topic = bytes("61")
    let header = PublishHeader(topicName: topic.span, payloadSize: size)
    let error = failure { (output) throws(CodecError) in
      try header.encode(into: &output, version: .mqtt311)
    }
    #expect(error == .tooLong)
  }

  @Test(arguments: ["40", "50", "62", "70"])
  func `[MQTT-2.3.1-6] an acknowledgement has a Packet Identifier other than 0`(first: String) {
    #expect(fault("\(first) 02 0000") == .malformedPacketIdentifier)
    #expect(fault("\(first) 01 00") == .truncated)
    #expect(fault("\(first) 00") == .truncated)
    #expect(fault("\(first) 03 0001 00") == .trailingBytes)
  }

  private func publish(_ topic: String) -> String {
    let count = bytes(topic).count
    let digits = String(count + 2, radix: 16), length = String(count, radix: 16)
    return "30 \(pad(digits)) 00\(pad(length)) \(topic)"
  }

  private func pad(_ digits: String) -> String { digits.count == 1 ? "0" + digits : digits }
}
