import MQTTCodec
import MQTTTerms
import SessionLink
import Slabs
import WireBytes

// CONNACK and AUTH: what the peer is told until its session is open.
extension Connection {
  /// The room that `encodeOpened` and `encodeChallenge` need at most, in octets.
  public func greetingRoom(assignedID: Span<UInt8>, data: Span<UInt8>) -> Int {
    64 + assignedID.count + authenticationMethod.count + data.count
  }

  /// Writes the CONNACK that opens the session [MQTT 3.2], with what 5.0 tells of the server: only
  /// what is not the default. `assignedID` is empty unless the hub chose it.
  @_lifetime(output: copy output)
  public func encodeOpened(
    isSessionPresent: Bool, assignedID: Span<UInt8>, data: Span<UInt8>,
    into output: inout OutputRawSpan
  ) throws(CodecError) {
    guard version == .mqtt50 else {
      return try Connack(isSessionPresent: isSessionPresent, returnCode: .accepted)
        .encode(into: &output, version: version)
    }
    var properties = Slab<UInt8>()
    let room = greetingRoom(assignedID: assignedID, data: data)
    try properties.write(room: room) { (written) throws(CodecError) in
      try encodeGreeting(assignedID, data, into: &written)
    }
    try Connack(
      isSessionPresent: isSessionPresent, reasonCode: .success,
      properties: Properties(properties.span)
    ).encode(into: &output, version: version)
  }

  /// In the order that Mosquitto has. No Reason String and no User Property, which could be too
  /// much [MQTT5-3.1.2-29] [MQTT5-3.2.2-19] [MQTT5-3.2.2-20], and no Response Information
  /// [MQTT5-3.1.2-28].
  @_lifetime(output: copy output)
  private func encodeGreeting(
    _ assignedID: Span<UInt8>, _ data: Span<UInt8>, into output: inout OutputRawSpan
  ) throws(CodecError) {
    if limits.topicAliases > 0 {
      try Property.topicAliasMaximum(limits.topicAliases).encode(into: &output)
    }
    // [MQTT5-3.1.3-7] [MQTT5-3.2.2-16]
    if !assignedID.isEmpty {
      try Property.assignedClientIdentifier(assignedID).encode(into: &output)
    }
    // [MQTT5-3.2.2-22]
    if isKeepAliveDemanded { try Property.serverKeepAlive(keepAlive).encode(into: &output) }
    if !authenticationMethod.isEmpty { try encodeAuthentication(data, into: &output) }
    if !limits.isRetainAvailable { try Property.retainAvailable(false).encode(into: &output) }
    try Property.maximumPacketSize(UInt32(clamping: limits.packetSize)).encode(into: &output)
    if limits.receiveMaximum < .max {
      try Property.receiveMaximum(max(limits.receiveMaximum, 1)).encode(into: &output)
    }
    // [MQTT5-3.2.2-9]
    if limits.maximumQoS < .exactlyOnce {
      try Property.maximumQoS(limits.maximumQoS).encode(into: &output)
    }
  }

  /// [MQTT5-4.12.0-5] the method is that of the CONNECT. There is nothing else
  /// [MQTT5-3.15.2-2] [MQTT5-3.15.2-3].
  @_lifetime(output: copy output)
  private func encodeAuthentication(
    _ data: Span<UInt8>, into output: inout OutputRawSpan
  ) throws(CodecError) {
    try Property.authenticationMethod(authenticationMethod).encode(into: &output)
    if !data.isEmpty { try Property.authenticationData(data).encode(into: &output) }
  }

  /// Writes an AUTH [MQTT5-4.12.0-2].
  @_lifetime(output: copy output)
  public func encodeChallenge(
    isDone: Bool, data: Span<UInt8>, into output: inout OutputRawSpan
  ) throws(CodecError) {
    var properties = Slab<UInt8>()
    let room = greetingRoom(assignedID: Span(), data: data)
    try properties.write(room: room) { (written) throws(CodecError) in
      try encodeAuthentication(data, into: &written)
    }
    // [MQTT5-3.15.2-1]
    try Auth(isDone ? .success : .continueAuthentication, properties: Properties(properties.span))
      .encode(into: &output, version: version)
  }
}
