import MQTTCodec
import Testing

@Suite struct ConnectTests {
  private let start = "0004 4d515454 04"

  @Test func `[MQTT-3.1.2-1] another protocol is told from MQTT`() {
    #expect(fault("10 0c 0004 4d515458 04 02 003c 0000") == .unsupportedProtocolName)
    #expect(fault("10 0c 0004 6d717474 04 02 003c 0000") == .unsupportedProtocolName)
    #expect(fault("10 08 0000 04 02 003c 0000") == .unsupportedProtocolName)
    #expect(fault("10 0e 0006 4d5149736471 03 02 003c 0000") == .unsupportedProtocolName)
  }

  @Test(arguments: [0, 3, 6, 0x80, 0x83, 0x85, 0xFF])
  func `[MQTT-3.1.2-2] a level that is not spoken is told as such`(level: UInt8) {
    var packet = bytes("10 0c \(start) 02 003c 0000")
    packet[8] = level
    #expect(read(packet) == .fault(.unsupportedProtocolLevel))
  }

  @Test(arguments: [
    ("10 0c 0004 4d515454 84 02 003c 0000", ProtocolVersion.mqtt311),
    ("10 0e 0006 4d5149736470 83 02 003c 0000", .mqtt31),
  ])
  func `a bridge marks its level`(text: String, version: ProtocolVersion) throws {
    let packet = bytes(text)
    let body = Array(packet.dropFirst(2))
    let connect = try Connect.decode(body.span)
    let (isBridge, found) = (connect.isBridge, connect.version)
    #expect(isBridge && found == version)
    var room = [UInt8](repeating: 0, count: 64)
    let count = try room.withUnsafeMutableBytes { buffer in
      var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
      try connect.encode(into: &output)
      return output.finalize(for: buffer)
    }
    #expect(Array(room.prefix(count)) == packet)
  }

  @Test func `[MQTT-3.1.2-2] MQIsdp goes with level 3 only`() {
    #expect(fault("10 0e 0006 4d5149736470 04 02 003c 0000") == .unsupportedProtocolLevel)
    #expect(fault("10 0e 0006 4d5149736470 03 02 003c 0000") == nil)
  }

  @Test func `[MQTT-3.1.2-3] the reserved flag is 0`() {
    #expect(fault("10 0c \(start) 03 003c 0000") == .malformedConnectFlags)
  }

  @Test func `[MQTT-3.1.2-9] a will flag without a will is refused`() {
    #expect(fault("10 0c \(start) 06 003c 0000") == .truncated)
    #expect(fault("10 0f \(start) 06 003c 0000 0001 61") == .truncated)
    #expect(fault("10 11 \(start) 06 003c 0000 0001 61 0000") == nil)
  }

  @Test func `[MQTT-3.1.2-11] a will without its flag is refused`() {
    #expect(fault("10 11 \(start) 02 003c 0000 0001 61 0000") == .trailingBytes)
  }

  @Test(arguments: ["0a", "12", "1a"])
  func `[MQTT-3.1.2-13] a will QoS without a will is refused`(flags: String) {
    #expect(fault("10 0c \(start) \(flags) 003c 0000") == .malformedConnectFlags)
  }

  @Test func `[MQTT-3.1.2-14] a will QoS of 3 is refused`() {
    #expect(fault("10 11 \(start) 1e 003c 0000 0001 61 0000") == .malformedQoS)
  }

  @Test func `[MQTT-3.1.2-15] a will retain without a will is refused`() {
    #expect(fault("10 0c \(start) 22 003c 0000") == .malformedConnectFlags)
  }

  @Test func `[MQTT-3.1.2-18] a User Name without its flag is refused`() {
    #expect(fault("10 0f \(start) 02 003c 0000 0001 61") == .trailingBytes)
  }

  @Test func `[MQTT-3.1.2-19] a User Name flag without a User Name is refused`() {
    #expect(fault("10 0c \(start) 82 003c 0000") == .truncated)
  }

  @Test func `[MQTT-3.1.2-20] a Password without its flag is refused`() {
    #expect(fault("10 12 \(start) 82 003c 0000 0001 61 0001 62") == .trailingBytes)
  }

  @Test func `[MQTT-3.1.2-21] a Password flag without a Password is refused`() {
    #expect(fault("10 0f \(start) c2 003c 0000 0001 61") == .truncated)
  }

  @Test func `[MQTT-3.1.2-22] a Password without a User Name is refused`() {
    #expect(fault("10 0f \(start) 42 003c 0000 0001 62") == .malformedConnectFlags)
  }

  @Test func `[MQTT-3.1.2-22] a client cannot write a Password without a User Name`() {
    let password = bytes("62")
    let connect = Connect(
      clientIdentifier: Span(), keepAlive: 0, password: password.span)
    let error = failure { (output) throws(CodecError) in try connect.encode(into: &output) }
    #expect(error == .malformedConnectFlags)
  }

  @Test func `[MQTT-3.1.3-3] a CONNECT without Client Identifier is refused`() {
    #expect(fault("10 0a \(start) 02 003c") == .truncated)
  }

  @Test func `[MQTT-3.1.3-4] a Client Identifier is UTF-8`() {
    #expect(fault("10 0d \(start) 02 003c 0001 ff") == .malformedString)
    #expect(fault("10 0d \(start) 02 003c 0001 00") == .malformedString)
  }

  @Test func `[MQTT-3.1.3-6] a Client Identifier may be empty`() {
    #expect(fault("10 0c \(start) 02 003c 0000") == nil)
  }

  @Test func `[MQTT-3.1.3-10] a will topic is a Topic Name in UTF-8`() {
    #expect(fault("10 11 \(start) 06 003c 0000 0001 ff 0000") == .malformedTopicName)
    #expect(fault("10 11 \(start) 06 003c 0000 0001 23 0000") == .malformedTopicName)
    #expect(fault("10 10 \(start) 06 003c 0000 0000 0000") == .malformedTopicName)
  }

  @Test func `[MQTT-3.1.3-11] a User Name is UTF-8, a Password is anything`() {
    #expect(fault("10 0f \(start) 82 003c 0000 0001 ff") == .malformedString)
    #expect(fault("10 12 \(start) c2 003c 0000 0001 61 0001 ff") == nil)
  }

  @Test func `[MQTT-3.2.2-4] a refusal comes without a session`() throws {
    #expect(fault("20 02 01 05") == .malformedAcknowledgeFlags)
    let connack = Connack(isSessionPresent: true, returnCode: .notAuthorized)
    let image = try written { (output) throws(CodecError) in
      try connack.encode(into: &output, version: .mqtt311)
    }
    #expect(image == bytes("20 02 00 05"))
  }

  @Test func `a return code beyond 5 is refused`() {
    #expect(fault("20 02 00 06") == .malformedReturnCode)
    #expect(fault("20 02 00 ff") == .malformedReturnCode)
  }

  @Test func `reserved Connect Acknowledge Flags are refused, in 3_1 there are none`() {
    #expect(fault("20 02 02 00") == .malformedAcknowledgeFlags)
    #expect(
      read(bytes("20 02 01 00"), version: .mqtt31) == .packet("CONNACK accepted present=false"))
  }

  @Test func `a field of more than 65535 octets cannot be written`() {
    let long = [UInt8](repeating: 0x61, count: 65_536)
    let connect = Connect(clientIdentifier: long.span, keepAlive: 0)
    let error = failure { (output) throws(CodecError) in try connect.encode(into: &output) }
    #expect(error == .tooLong)
  }
}

/// The error of `body`, if any.
func failure(
  capacity: Int = 1024, _ body: (inout OutputRawSpan) throws(CodecError) -> Void
) -> CodecError? {
  do throws(CodecError) { _ = try written(capacity: capacity, body) } catch { return error }
  return nil
}
