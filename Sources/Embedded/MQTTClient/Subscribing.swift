import MQTTCodec
import MQTTTerms
import WireBytes

extension Client {
  /// Appends a SUBSCRIBE of one Topic Filter. Returns its Packet Identifier, which
  /// `ClientEvent.subscribed` repeats.
  @_lifetime(output: copy output)
  @discardableResult
  public mutating func subscribe(
    to topicFilter: Span<UInt8>, qos: QoS, into output: inout OutputRawSpan
  ) throws(ClientError) -> PacketIdentifier {
    let identifier = try newRequest(about: topicFilter)
    let entry = SubscriptionRequest(topicFilter: topicFilter, qos: qos)
    do throws(CodecError) {
      try Subscribe.encodeHeader(
        packetIdentifier: identifier, payloadSize: entry.encodedSize(version: version),
        into: &output, version: version)
      try entry.encode(into: &output, version: version)
    } catch { throw ClientError(error) }
    request(identifier, .subscribe)
    return identifier
  }

  /// Appends an UNSUBSCRIBE of one Topic Filter. Returns its Packet Identifier, which
  /// `ClientEvent.unsubscribed` repeats.
  @_lifetime(output: copy output)
  @discardableResult
  public mutating func unsubscribe(
    from topicFilter: Span<UInt8>, into output: inout OutputRawSpan
  ) throws(ClientError) -> PacketIdentifier {
    let identifier = try newRequest(about: topicFilter)
    do throws(CodecError) {
      try Unsubscribe.encodeHeader(
        packetIdentifier: identifier,
        payloadSize: Unsubscribe.encodedSize(topicFilter: topicFilter), into: &output,
        version: version)
      try Unsubscribe.encode(topicFilter: topicFilter, into: &output)
    } catch { throw ClientError(error) }
    request(identifier, .unsubscribe)
    return identifier
  }

  /// Takes a SUBACK; nil when nothing waited for it.
  @_lifetime(immortal)
  mutating func subscriptionAnswered(_ suback: Suback) -> ClientEvent? {
    guard case .subscribe? = inFlight.entry(of: suback.packetIdentifier)?.request else {
      return nil
    }
    inFlight.remove(suback.packetIdentifier)
    // [MQTT-3.8.4-5]
    guard suback.returnCodes.count == 1 else { return close(.unexpectedReturnCodes) }
    return .subscribed(suback.packetIdentifier, granted: QoS(rawValue: suback.returnCodes[0]))
  }

  /// Takes an UNSUBACK; nil when nothing waited for it.
  @_lifetime(immortal)
  mutating func unsubscriptionAnswered(_ unsuback: Unsuback) -> ClientEvent? {
    let identifier = unsuback.packetIdentifier
    guard case .unsubscribe? = inFlight.entry(of: identifier)?.request else { return nil }
    inFlight.remove(identifier)
    return .unsubscribed(identifier)
  }

  /// Checks what every request about a Topic Filter needs, and gives it an identifier.
  private func newRequest(about filter: Span<UInt8>) throws(ClientError) -> PacketIdentifier {
    guard phase == .connected else { throw .notConnected }
    // [MQTT-3.8.3-1] [MQTT-3.10.3-1]
    guard isTopicFilter(filter), isWellFormedString(filter) else { throw .malformedTopic }
    return try newIdentifier()
  }

  /// An identifier that is not in use, while there is room for another request.
  func newIdentifier() throws(ClientError) -> PacketIdentifier {
    guard !inFlight.isFull else { throw .windowFull }
    return inFlight.unusedIdentifier(after: latestIdentifier)
  }

  /// Remembers a request that was just sent.
  mutating func request(_ identifier: PacketIdentifier, _ request: InFlight<window>.Request) {
    latestIdentifier = identifier
    inFlight.append(identifier, request)
    liveness.sent(at: clock)
  }
}
