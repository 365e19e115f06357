import MQTTCodec
import Testing

@Suite struct FixedHeaderTests {
  @Test(arguments: ["00 00", "0f 00", "f0 00", "ff 00"])
  func `packet types 0 and 15 are refused`(hex: String) {
    #expect(fault(hex) == .malformedPacketType)
  }

  @Test(arguments: 1...14 as ClosedRange<UInt8>)
  func `[MQTT-2.2.2-2] flags that the type does not allow are refused`(type: UInt8) throws {
    let expected = try #require(PacketType(rawValue: type)).reservedFlags
    for flags in UInt8(0)...15 where type != 3 && flags != expected {
      #expect(read([type << 4 | flags]) == .fault(.malformedHeaderFlags))
    }
    #expect(read([type << 4 | expected]) == .needMore)
  }

  @Test(arguments: ["62 02 0001", "82 06 0001 0001 61 00", "a2 05 0001 0001 61"])
  func `in 3_1 what goes at QoS 1 may carry DUP`(hex: String) {
    var packet = bytes(hex)
    packet[0] |= 8
    #expect(read(packet) == .fault(.malformedHeaderFlags))
    #expect(read(packet, version: .mqtt31) == read(bytes(hex)))
    #expect(read([0xC8, 0], version: .mqtt31) == .fault(.malformedHeaderFlags))
  }

  @Test func `[MQTT-3.6.1-1] a PUBREL has 0010`() {
    #expect(fault("60 02 0001") == .malformedHeaderFlags)
    #expect(fault("62 02 0001") == nil)
  }

  @Test func `[MQTT-3.14.1-1] a DISCONNECT has flags of 0`() {
    #expect(fault("e1 00") == .malformedHeaderFlags)
    #expect(fault("e0 01 00") == .trailingBytes)
  }

  @Test(arguments: [
    ("30 00", 2, 0), ("30 7f", 2, 127), ("30 80 01", 3, 128), ("30 ff 7f", 3, 16_383),
    ("30 80 80 01", 4, 16_384), ("30 ff ff ff 7f", 5, 268_435_455), ("30 83 00", 3, 3),
  ])
  func `a Remaining Length takes up to four octets`(hex: String, size: Int, length: Int) throws {
    let image = bytes(hex)
    let decoded = try FixedHeader.decode(image.span, version: .mqtt311)
    let header = try #require(decoded)
    #expect(header.size == size && header.remainingLength == length)
    #expect(header.packetSize == size + length)
    for count in 0..<image.count {
      let short = try FixedHeader.decode(image.span.extracting(0..<count), version: .mqtt311)
      #expect(short == nil)
    }
  }

  @Test(arguments: ["30 80 80 80 80", "30 ff ff ff ff 01", "c0 80 80 80 80 00"])
  func `a Remaining Length of five octets is refused`(hex: String) {
    #expect(fault(hex) == .malformedRemainingLength)
  }

  @Test func `a huge announced length needs more and takes nothing`() {
    #expect(read(bytes("30 ff ff ff 7f 0001 61")) == .needMore)
  }
}
