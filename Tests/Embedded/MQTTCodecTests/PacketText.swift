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
func rewrite(
  _ bytes: [UInt8], version: ProtocolVersion, capacity: Int = 1024
) throws(CodecError) -> [UInt8] {
  let span = bytes.span
  guard let header = try FixedHeader.decode(span, version: version),
    let body = header.body(of: span)
  else { throw .truncated }
  let packet = try Packet.decode(body, header: header, version: version)
  return try written(capacity: capacity) { (output) throws(CodecError) in
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
      version: version, properties: it.properties)
    var requests = it.requests
    while let request = try requests.next() { try request.encode(into: &output, version: version) }
  case .suback(let it): try it.encode(into: &output, version: version)
  case .unsubscribe(let it):
    try Unsubscribe.encodeHeader(
      packetIdentifier: it.packetIdentifier, payloadSize: it.payload.count, into: &output,
      version: version, properties: it.properties)
    var filters = it.topicFilters
    while let filter = try filters.next() {
      try Unsubscribe.encode(topicFilter: filter, into: &output)
    }
  case .unsuback(let it): try it.encode(into: &output, version: version)
  case .pingreq: try Pingreq().encode(into: &output)
  case .pingresp: try Pingresp().encode(into: &output)
  case .disconnect(let it): try it.encode(into: &output, version: version)
  case .auth(let it): try it.encode(into: &output, version: version)
  }
}
