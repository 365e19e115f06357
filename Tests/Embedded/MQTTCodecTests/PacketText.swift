import MQTTCodec
import MQTTTerms

/// Bytes from hexadecimal digits; blanks separate fields for the reader.
func bytes(_ hex: String) -> [UInt8] {
  let digits = hex.compactMap { $0.hexDigitValue }
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// What `body` wrote into an output of `capacity` octets.
func written(
  capacity: Int = 1024,
  _ body: (inout OutputRawSpan) throws(CodecError) -> Void
) throws(CodecError) -> [UInt8] {
  let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
  defer { storage.deallocate() }
  var output = OutputRawSpan(buffer: storage, initializedCount: 0)
  var failure: CodecError?
  do { try body(&output) } catch { failure = error }
  let count = output.finalize(for: storage)
  if let failure { throw failure }
  return Array(storage[0..<count])
}

/// One packet in words, or what is wrong with it; nil while more bytes are needed.
enum Reading: Equatable {
  case packet(String)
  case fault(CodecError)
  case needMore
}

/// Reads one packet that starts at the first byte.
func read(_ bytes: [UInt8], version: ProtocolVersion = .mqtt311) -> Reading {
  let span = bytes.span
  do throws(CodecError) {
    guard let header = try FixedHeader.decode(span, version: version),
      let body = header.body(of: span)
    else { return .needMore }
    let packet = try Packet.decode(body, header: header, version: version)
    return .packet(try text(of: packet))
  } catch { return .fault(error) }
}

/// The error of reading the packet, if any.
func fault(_ hex: String, version: ProtocolVersion = .mqtt311) -> CodecError? {
  if case .fault(let error) = read(bytes(hex), version: version) { return error }
  return nil
}

/// Reads one packet and writes it again.
func rewrite(_ bytes: [UInt8], version: ProtocolVersion) throws(CodecError) -> [UInt8] {
  let span = bytes.span
  guard let header = try FixedHeader.decode(span, version: version),
    let body = header.body(of: span)
  else { throw .truncated }
  let packet = try Packet.decode(body, header: header, version: version)
  return try written { (output) throws(CodecError) in
    try encode(packet, into: &output, version: version)
  }
}

@_lifetime(output: copy output)
func encode(
  _ packet: Packet, into output: inout OutputRawSpan, version: ProtocolVersion
) throws(CodecError) {
  switch packet {
  case .connect(let it): try it.encode(into: &output)
  case .connack(let it): try it.encode(into: &output, version: version)
  case .publish(let it): try it.encode(into: &output, version: version)
  case .acknowledgement(let it): try it.encode(into: &output, version: version)
  case .subscribe(let it):
    try Subscribe.encodeHeader(
      packetIdentifier: it.packetIdentifier, payloadSize: it.payload.count, into: &output,
      version: version)
    var requests = it.requests
    while let request = try requests.next() { try request.encode(into: &output, version: version) }
  case .suback(let it): try it.encode(into: &output, version: version)
  case .unsubscribe(let it):
    try Unsubscribe.encodeHeader(
      packetIdentifier: it.packetIdentifier, payloadSize: it.payload.count, into: &output,
      version: version)
    var filters = it.topicFilters
    while let filter = try filters.next() {
      try Unsubscribe.encode(topicFilter: filter, into: &output)
    }
  case .unsuback(let it): try it.encode(into: &output, version: version)
  case .pingreq: try Pingreq().encode(into: &output)
  case .pingresp: try Pingresp().encode(into: &output)
  case .disconnect(let it): try it.encode(into: &output, version: version)
  }
}

private func text(of packet: Packet) throws(CodecError) -> String {
  switch packet {
  case .connect(let it): return text(of: it)
  case .connack(let it): return "CONNACK \(it.returnCode) present=\(it.isSessionPresent)"
  case .publish(let it):
    let header = it.header
    let flags = (header.isDuplicate ? " dup" : "") + (header.isRetained ? " retain" : "")
    return "PUBLISH q\(header.qos.rawValue) #\(header.packetIdentifier.rawValue)\(flags) "
      + "\(string(header.topicName)) = \(string(it.payload))"
  case .acknowledgement(let it): return "\(it.kind) #\(it.packetIdentifier.rawValue)"
  case .subscribe(let it):
    var words = "SUBSCRIBE #\(it.packetIdentifier.rawValue)"
    var requests = it.requests
    while let request = try requests.next() {
      words += " \(string(request.topicFilter)):\(request.qos.rawValue)"
    }
    return words
  case .suback(let it): return "SUBACK #\(it.packetIdentifier.rawValue) \(list(it.returnCodes))"
  case .unsubscribe(let it):
    var words = "UNSUBSCRIBE #\(it.packetIdentifier.rawValue)"
    var filters = it.topicFilters
    while let filter = try filters.next() { words += " \(string(filter))" }
    return words
  case .unsuback(let it): return "UNSUBACK #\(it.packetIdentifier.rawValue)"
  case .pingreq: return "PINGREQ"
  case .pingresp: return "PINGRESP"
  case .disconnect: return "DISCONNECT"
  }
}

private func text(of connect: Connect) -> String {
  var words = "CONNECT \(connect.version) \(string(connect.clientIdentifier))"
  words += " \(connect.keepAlive)s \(connect.isCleanSession ? "clean" : "kept")"
  if let will = connect.will {
    words += " will q\(will.qos.rawValue)\(will.isRetained ? " retain" : "") "
    words += "\(string(will.topicName)) = \(string(will.payload))"
  }
  if let userName = connect.userName { words += " user \(string(userName))" }
  if let password = connect.password { words += " password \(string(password))" }
  return words
}

private func list(_ octets: Span<UInt8>) -> [UInt8] { octets.indices.map { octets[$0] } }

private func string(_ octets: Span<UInt8>) -> String {
  String(decoding: list(octets), as: UTF8.self)
}
