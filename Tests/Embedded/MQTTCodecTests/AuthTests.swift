import MQTTCodec
import MQTTTerms
import Testing

@Suite struct AuthTests {
  /// A property: the Authentication Method "a".
  private let method = bytes("15 0001 61")

  /// Why an AUTH with that code, which `sender` has, is refused.
  private func refusal(_ code: UInt8, from sender: Sender) -> CodecError? {
    do throws(CodecError) {
      try Auth(ReasonCode(rawValue: code)).check(from: sender)
      return nil
    } catch { return error }
  }

  @Test(arguments: [0x00, 0x18, 0x19] as [UInt8])
  func `[MQTT5-3.15.2-1] an AUTH has one of three codes`(code: UInt8) throws {
    let packet = bytes("f0 06") + [code] + bytes("04") + method
    let again = try rewrite(packet, version: .mqtt50)
    #expect(again == packet)
  }

  @Test(arguments: [0x01, 0x10, 0x17, 0x1A, 0x80, 0x8C, 0xFF] as [UInt8])
  func `[MQTT5-3.15.2-1] an AUTH with any other code is neither read nor written`(code: UInt8) {
    let packet = bytes("f0 06") + [code] + bytes("04") + method
    #expect(read(packet, version: .mqtt50) == .fault(.malformedReturnCode))
    let error = failure { (output) throws(CodecError) in
      try Auth(ReasonCode(rawValue: code), properties: Properties(method.span))
        .encode(into: &output, version: .mqtt50)
    }
    #expect(error == .malformedReturnCode)
  }

  @Test func `[MQTT5-3.15.2-1] only a server says success, only a client begins again`() {
    #expect(refusal(0x00, from: .server) == nil)
    #expect(refusal(0x18, from: .server) == nil)
    #expect(refusal(0x19, from: .server) == .malformedReturnCode)
    #expect(refusal(0x00, from: .client) == .malformedReturnCode)
    #expect(refusal(0x18, from: .client) == nil)
    #expect(refusal(0x19, from: .client) == nil)
    #expect(refusal(0x10, from: .client) == .malformedReturnCode)
  }

  @Test func `an AUTH without Authentication Method is refused, and success may stand alone`() {
    #expect(fault("f0 02 18 00", version: .mqtt50) == .missingProperty)
    #expect(fault("f0 00", version: .mqtt50) == nil)
  }

  @Test func `before 5_0 there is no AUTH`() {
    #expect(fault("f0 00") == .malformedPacketType)
    #expect(fault("f0 00", version: .mqtt31) == .malformedPacketType)
  }
}
