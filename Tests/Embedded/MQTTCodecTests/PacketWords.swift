import MQTTCodec
import MQTTTerms

/// A packet in words, in which every field shows.
func text(of packet: Packet) throws(CodecError) -> String {
  switch packet {
  case .connect(let it): return try text(of: it)
  case .connack(let it): return try text(of: it)
  case .publish(let it): return try text(of: it)
  case .acknowledgement(let it):
    return "\(it.kind) #\(it.packetIdentifier.rawValue)" + words(it.reasonCode)
      + (try text(of: it.properties))
  case .subscribe(let it): return try text(of: it)
  case .suback(let it):
    return "SUBACK #\(it.packetIdentifier.rawValue) \(list(it.returnCodes))"
      + (try text(of: it.properties))
  case .unsubscribe(let it):
    var words = "UNSUBSCRIBE #\(it.packetIdentifier.rawValue)"
    var filters = it.topicFilters
    while let filter = try filters.next() { words += " \(string(filter))" }
    return words + (try text(of: it.properties))
  case .unsuback(let it):
    let codes = it.reasonCodes.isEmpty ? "" : " \(list(it.reasonCodes))"
    return "UNSUBACK #\(it.packetIdentifier.rawValue)\(codes)" + (try text(of: it.properties))
  case .pingreq: return "PINGREQ"
  case .pingresp: return "PINGRESP"
  case .disconnect(let it):
    return "DISCONNECT" + words(it.reasonCode) + (try text(of: it.properties))
  case .auth(let it): return "AUTH" + words(it.reasonCode) + (try text(of: it.properties))
  }
}

private func text(of connect: Connect) throws(CodecError) -> String {
  var words = "CONNECT \(connect.version) \(string(connect.clientIdentifier))"
  words += " \(connect.keepAlive)s \(connect.isCleanSession ? "clean" : "kept")"
  words += try text(of: connect.properties)
  if let will = connect.will {
    words += " will q\(will.qos.rawValue)\(will.isRetained ? " retain" : "") "
    words += "\(string(will.topicName)) = \(string(will.payload))"
    words += try text(of: will.properties)
  }
  if let userName = connect.userName { words += " user \(string(userName))" }
  if let password = connect.password { words += " password \(string(password))" }
  return words
}

private func text(of connack: Connack) throws(CodecError) -> String {
  // Before 5.0 the return code has the name, and 5.0 has more codes than that has names.
  let code =
    connack.returnCode.reasonCode == connack.reasonCode
    ? "\(connack.returnCode)" : words(connack.reasonCode)
  return "CONNACK \(code) present=\(connack.isSessionPresent)" + (try text(of: connack.properties))
}

private func text(of publish: Publish) throws(CodecError) -> String {
  let header = publish.header
  let flags = (header.isDuplicate ? " dup" : "") + (header.isRetained ? " retain" : "")
  return "PUBLISH q\(header.qos.rawValue) #\(header.packetIdentifier.rawValue)\(flags) "
    + "\(string(header.topicName)) = \(string(publish.payload))"
    + (try text(of: header.properties))
}

private func text(of subscribe: Subscribe) throws(CodecError) -> String {
  var words = "SUBSCRIBE #\(subscribe.packetIdentifier.rawValue)"
  var requests = subscribe.requests
  while let request = try requests.next() {
    let options = request.options
    words += " \(string(request.topicFilter)):\(request.qos.rawValue)"
    words += (options.isNoLocal ? " nl" : "") + (options.isRetainAsPublished ? " rap" : "")
    if options.retainHandling != .send { words += " \(options.retainHandling)" }
  }
  return words + (try text(of: subscribe.properties))
}

/// Properties in braces, or nothing when there are none.
func text(of properties: Properties) throws(CodecError) -> String {
  var rest = properties
  var all: [String] = []
  while let property = try rest.next() { all.append(text(of: property)) }
  return all.isEmpty ? "" : " {\(all.joined(separator: ", "))}"
}

/// A property in words: its identifier and its value.
func text(of property: Property) -> String {
  let name = "\(property.identifier)"
  switch property {
  case .payloadFormatIndicator(let flag), .requestProblemInformation(let flag),
    .requestResponseInformation(let flag), .retainAvailable(let flag),
    .wildcardSubscriptionAvailable(let flag), .subscriptionIdentifierAvailable(let flag),
    .sharedSubscriptionAvailable(let flag):
    return "\(name) \(flag)"
  case .serverKeepAlive(let number), .receiveMaximum(let number), .topicAliasMaximum(let number),
    .topicAlias(let number):
    return "\(name) \(number)"
  case .messageExpiryInterval(let number), .sessionExpiryInterval(let number),
    .willDelayInterval(let number), .maximumPacketSize(let number),
    .subscriptionIdentifier(let number):
    return "\(name) \(number)"
  case .maximumQoS(let qos): return "\(name) \(qos.rawValue)"
  case .contentType(let text), .responseTopic(let text), .correlationData(let text),
    .assignedClientIdentifier(let text), .authenticationMethod(let text),
    .authenticationData(let text), .responseInformation(let text), .serverReference(let text),
    .reasonString(let text):
    return "\(name) \(string(text))"
  case .userProperty(let key, let value): return "\(name) \(string(key))=\(string(value))"
  }
}

private func words(_ code: ReasonCode) -> String {
  code == .success ? "" : " 0x" + String(code.rawValue, radix: 16)
}

func list(_ octets: Span<UInt8>) -> [UInt8] { octets.indices.map { octets[$0] } }

func string(_ octets: Span<UInt8>) -> String { String(decoding: list(octets), as: UTF8.self) }
