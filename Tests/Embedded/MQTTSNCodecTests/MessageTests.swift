import MQTTTerms
import Testing

@testable import MQTTSNCodec

@Suite struct MessageTests {
  @Test(arguments: messageVectors)
  func `[SN 5.4] octets mean what the specification says`(vector: MessageVector) {
    let octets = vector.octets
    let found = fields(of: octets.span)
    #expect(found == vector.fields)
  }

  @Test(arguments: messageVectors.filter(\.isCanonical))
  func `[SN 5.4] fields become the same octets again`(vector: MessageVector) throws {
    let octets = vector.octets
    let message = try Message.decode(octets.span)
    let again = try encode(message)
    #expect(again == octets)
  }

  @Test(arguments: messageVectors.filter(\.isCanonical))
  func `a message writes nothing where it does not fit`(vector: MessageVector) throws {
    let octets = vector.octets
    for capacity in Set([0, 1, octets.count / 2, octets.count - 1]) {
      let message = try Message.decode(octets.span)
      var failure: CodecError?
      do throws(CodecError) { _ = try encode(message, capacity: capacity) } catch {
        failure = error
      }
      #expect(failure == .outOfRoom)
    }
    let message = try Message.decode(octets.span)
    let exact = try encode(message, capacity: octets.count)
    #expect(exact == octets)
  }

  @Test func `every message type is in the vectors`() {
    let types = Set(messageVectors.filter(\.isCanonical).map { $0.fields.prefix { $0 != " " } })
    #expect(types.count == 28)
  }

  @Test func `a message of more than 65,535 octets cannot be written`() {
    let payload = [UInt8](repeating: 0, count: 65_532)
    var failure: CodecError?
    do throws(CodecError) { _ = try octets(WillMessage(payload: payload.span)) } catch {
      failure = error
    }
    #expect(failure == .tooLong)
  }

  @Test func `a wireless node id of more than 252 octets cannot be written`() {
    let node = [UInt8](repeating: 0, count: 253)
    let message: [UInt8] = [2, 0x16]
    let envelope = ForwarderEnvelope(nodeID: node.span, message: message.span)
    var failure: CodecError?
    do throws(CodecError) { _ = try encode(.encapsulated(envelope)) } catch { failure = error }
    #expect(failure == .tooLong)
  }

  @Test func `the three kinds of topic id are different topics`() {
    #expect(TopicReference.normal(1) != .predefined(1))
    #expect(Set([TopicReference.normal(1), .predefined(1), .short(1), .normal(1)]).count == 3)
    let name: [UInt8] = [0x61, 0x62]
    let short = TopicReference(shortName: name.span)
    #expect(short == .short(0x6162))
    #expect(short?.octets[0] == 0x61)
    let one = TopicReference(shortName: name.span.extracting(0..<1))
    #expect(one == nil)
  }

  @Test func `QoS -1 is a publish QoS and no QoS`() {
    #expect(PublishQoS.withoutConnection.qos == nil)
    for qos in [QoS.atMostOnce, .atLeastOnce, .exactlyOnce] {
      #expect(PublishQoS(qos).qos == qos)
    }
  }

  @Test func `return codes from 4 up refuse`() {
    #expect(ReturnCode.accepted.isAccepted)
    for code in 1...255 as ClosedRange<UInt8> {
      #expect(!ReturnCode(rawValue: code).isAccepted)
    }
  }
}
