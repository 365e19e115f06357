import MQTTTerms

@testable import MQTTSNCodec

/// What a datagram means, in the words of the vectors: the fields, or the error.
func fields(of datagram: Span<UInt8>) -> String {
  do throws(CodecError) {
    return describe(try Message.decode(datagram))
  } catch {
    return "\(error)"
  }
}

func describe(_ message: borrowing Message) -> String {
  switch message {
  case .advertise(let m): return "ADVERTISE gateway=\(m.gatewayID) duration=\(m.duration)"
  case .searchGateway(let m): return "SEARCHGW radius=\(m.radius)"
  case .gatewayInfo(let m): return "GWINFO gateway=\(m.gatewayID) address=\(hex(m.address))"
  case .connect(let m):
    return "CONNECT clean=\(m.isCleanSession) will=\(m.hasWill) protocol=\(m.protocolID) "
      + "duration=\(m.duration) id=\(text(m.clientID))"
  case .connack(let m): return "CONNACK code=\(m.returnCode.rawValue)"
  case .willTopicRequest: return "WILLTOPICREQ"
  case .willTopic(let m): return "WILLTOPIC " + describe(m)
  case .willMessageRequest: return "WILLMSGREQ"
  case .willMessage(let m): return "WILLMSG payload=\(hex(m.payload))"
  case .register(let m):
    return "REGISTER topic=\(m.topicID) id=\(m.messageID.rawValue) name=\(text(m.topicName))"
  case .regack(let m):
    return "REGACK topic=\(m.topicID) id=\(m.messageID.rawValue) code=\(m.returnCode.rawValue)"
  case .publish(let m): return describe(m)
  case .puback(let m):
    return "PUBACK topic=\(m.topicID) id=\(m.messageID.rawValue) code=\(m.returnCode.rawValue)"
  case .pubcomp(let m): return "PUBCOMP id=\(m.messageID.rawValue)"
  case .pubrec(let m): return "PUBREC id=\(m.messageID.rawValue)"
  case .pubrel(let m): return "PUBREL id=\(m.messageID.rawValue)"
  case .subscribe(let m):
    return "SUBSCRIBE qos=\(m.qos.rawValue)\(m.isDuplicate ? " dup" : "") "
      + "id=\(m.messageID.rawValue) " + describe(m.topic)
  case .suback(let m):
    return "SUBACK qos=\(m.qos.rawValue) topic=\(m.topicID) id=\(m.messageID.rawValue) "
      + "code=\(m.returnCode.rawValue)"
  case .unsubscribe(let m):
    return "UNSUBSCRIBE id=\(m.messageID.rawValue) " + describe(m.topic)
  case .unsuback(let m): return "UNSUBACK id=\(m.messageID.rawValue)"
  case .pingreq(let m): return "PINGREQ id=\(text(m.clientID))"
  case .pingresp: return "PINGRESP"
  case .disconnect(let m): return "DISCONNECT" + (m.duration.map { " duration=\($0)" } ?? "")
  case .willTopicUpdate(let m): return "WILLTOPICUPD " + describe(m.willTopic)
  case .willTopicResponse(let m): return "WILLTOPICRESP code=\(m.returnCode.rawValue)"
  case .willMessageUpdate(let m): return "WILLMSGUPD payload=\(hex(m.payload))"
  case .willMessageResponse(let m): return "WILLMSGRESP code=\(m.returnCode.rawValue)"
  case .encapsulated(let m):
    return "FORWARDED radius=\(m.radius) node=\(hex(m.nodeID)) message=\(hex(m.message))"
  }
}

private func describe(_ m: borrowing WillTopic) -> String {
  m.isNoWill
    ? "none" : "qos=\(m.qos.rawValue) retain=\(m.isRetained) name=\(text(m.topicName))"
}

private func describe(_ m: borrowing Publish) -> String {
  let qos = m.qos == .withoutConnection ? "-1" : "\(m.qos.rawValue)"
  return "PUBLISH qos=\(qos)\(m.isDuplicate ? " dup" : "")\(m.isRetained ? " retain" : "") "
    + "\(m.topic) id=\(m.messageID.rawValue) payload=\(hex(m.payload))"
}

private func describe(_ topic: borrowing SubscriptionTopic) -> String {
  switch topic {
  case .name(let name): return "name(\(text(name)))"
  case .predefined(let id): return "predefined(\(id))"
  case .short(let name): return "short(\(name))"
  case .malformed: return "malformed"
  }
}

/// The octets in hex; "2A*300" for many of the same.
private func hex(_ bytes: Span<UInt8>) -> String {
  let octets = bytes.indices.map { bytes[$0] }
  let words = octets.map { (($0 < 16 ? "0" : "") + String($0, radix: 16)).uppercased() }
  if octets.count > 100, Set(octets).count == 1 { return "\(words[0])*\(words.count)" }
  return words.joined()
}

private func text(_ bytes: Span<UInt8>) -> String {
  String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
}

/// The octets of `message`, or the error.
func encode(
  _ message: borrowing Message, capacity: Int = 70_000
) throws(CodecError) -> [UInt8] {
  switch message {
  case .advertise(let m): return try octets(m, capacity)
  case .searchGateway(let m): return try octets(m, capacity)
  case .gatewayInfo(let m): return try octets(m, capacity)
  case .connect(let m): return try octets(m, capacity)
  case .connack(let m): return try octets(m, capacity)
  case .willTopicRequest(let m): return try octets(m, capacity)
  case .willTopic(let m): return try octets(m, capacity)
  case .willMessageRequest(let m): return try octets(m, capacity)
  case .willMessage(let m): return try octets(m, capacity)
  case .register(let m): return try octets(m, capacity)
  case .regack(let m): return try octets(m, capacity)
  case .publish(let m): return try octets(m, capacity)
  case .puback(let m): return try octets(m, capacity)
  case .pubcomp(let m): return try octets(m, capacity)
  case .pubrec(let m): return try octets(m, capacity)
  case .pubrel(let m): return try octets(m, capacity)
  case .subscribe(let m): return try octets(m, capacity)
  case .suback(let m): return try octets(m, capacity)
  case .unsubscribe(let m): return try octets(m, capacity)
  case .unsuback(let m): return try octets(m, capacity)
  case .pingreq(let m): return try octets(m, capacity)
  case .pingresp(let m): return try octets(m, capacity)
  case .disconnect(let m): return try octets(m, capacity)
  case .willTopicUpdate(let m): return try octets(m, capacity)
  case .willTopicResponse(let m): return try octets(m, capacity)
  case .willMessageUpdate(let m): return try octets(m, capacity)
  case .willMessageResponse(let m): return try octets(m, capacity)
  case .encapsulated(let m): return try octets(m, capacity)
  }
}

private func octets(
  _ envelope: borrowing ForwarderEnvelope, _ capacity: Int
) throws(CodecError) -> [UInt8] {
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
  defer { buffer.deallocate() }
  var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
  try envelope.encode(into: &output)
  let count = output.finalize(for: buffer)
  return count == envelope.encodedSize ? Array(buffer[..<count]) : []
}

/// The octets of one message in an output of `capacity`; its `encodedSize` must be their number.
func octets<M: EncodableMessage & ~Escapable>(
  _ message: borrowing M, _ capacity: Int = 70_000
) throws(CodecError) -> [UInt8] {
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
  defer { buffer.deallocate() }
  var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
  try message.encode(into: &output)
  let count = output.finalize(for: buffer)
  return count == message.encodedSize ? Array(buffer[..<count]) : []
}
