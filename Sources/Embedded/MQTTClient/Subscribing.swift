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
    try subscribe(to: topicFilter, options: SubscriptionOptions(qos: qos), into: &output)
  }

  /// Appends a SUBSCRIBE of one Topic Filter with the options and properties that 5.0 has; before
  /// it only the QoS counts. Returns its Packet Identifier, which `ClientEvent.subscribed` repeats.
  @_lifetime(output: copy output)
  @discardableResult
  public mutating func subscribe(
    to topicFilter: Span<UInt8>, options: SubscriptionOptions, properties: Properties? = nil,
    into output: inout OutputRawSpan
  ) throws(ClientError) -> PacketIdentifier {
    let identifier = try newRequest(about: topicFilter)
    try checkSubscription(topicFilter, Properties(properties))
    let entry = SubscriptionRequest(topicFilter: topicFilter, options: options)
    let start = output.byteCount
    do throws(CodecError) {
      // [MQTT5-3.8.3-4]
      try entry.check()
      try Subscribe.encodeHeader(
        packetIdentifier: identifier, payloadSize: entry.encodedSize(version: version),
        into: &output, version: version, properties: properties)
      try entry.encode(into: &output, version: version)
    } catch { throw ClientError(error) }
    try checkSize(&output, since: start)
    request(identifier, .subscribe)
    return identifier
  }

  /// Appends an UNSUBSCRIBE of one Topic Filter, in 5.0 with properties. Returns its Packet
  /// Identifier, which `ClientEvent.unsubscribed` repeats.
  @_lifetime(output: copy output)
  @discardableResult
  public mutating func unsubscribe(
    from topicFilter: Span<UInt8>, properties: Properties? = nil, into output: inout OutputRawSpan
  ) throws(ClientError) -> PacketIdentifier {
    let identifier = try newRequest(about: topicFilter)
    let start = output.byteCount
    do throws(CodecError) {
      try Unsubscribe.encodeHeader(
        packetIdentifier: identifier,
        payloadSize: Unsubscribe.encodedSize(topicFilter: topicFilter), into: &output,
        version: version, properties: properties)
      try Unsubscribe.encode(topicFilter: topicFilter, into: &output)
    } catch { throw ClientError(error) }
    try checkSize(&output, since: start)
    request(identifier, .unsubscribe)
    return identifier
  }

  /// Takes a SUBACK; nil when nothing waited for it.
  @_lifetime(copy suback)
  mutating func subscriptionAnswered(_ suback: Suback) -> ClientEvent? {
    guard case .subscribe? = inFlight.entry(of: suback.packetIdentifier)?.request else {
      return nil
    }
    inFlight.remove(suback.packetIdentifier)
    // [MQTT-3.8.4-5]
    guard suback.returnCodes.count == 1 else { return close(.unexpectedReturnCodes) }
    return .subscribed(suback)
  }

  /// Takes an UNSUBACK; nil when nothing waited for it.
  @_lifetime(copy unsuback)
  mutating func unsubscriptionAnswered(_ unsuback: Unsuback) -> ClientEvent? {
    let identifier = unsuback.packetIdentifier
    guard case .unsubscribe? = inFlight.entry(of: identifier)?.request else { return nil }
    inFlight.remove(identifier)
    guard unsuback.reasonCodes.count == (version == .mqtt50 ? 1 : 0) else {
      return close(.unexpectedReturnCodes)
    }
    return .unsubscribed(unsuback)
  }

  /// Checks what every request about a Topic Filter needs, and gives it an identifier.
  private func newRequest(about filter: Span<UInt8>) throws(ClientError) -> PacketIdentifier {
    guard phase == .connected else { throw .notConnected }
    // [MQTT-3.8.3-1] [MQTT-3.10.3-1] [MQTT5-3.8.3-1] [MQTT5-3.10.3-1]
    guard isTopicFilter(filter), isWellFormedString(filter) else { throw .malformedTopic }
    // [MQTT5-4.8.2-1] [MQTT5-4.8.2-2]
    guard version != .mqtt50 || !isShared(filter) || isSharedFilter(filter) else {
      throw .malformedTopic
    }
    return try newIdentifier()
  }

  /// Throws what the server does not take [MQTT5 3.2.2.3.11] to [MQTT5 3.2.2.3.13].
  private func checkSubscription(
    _ filter: Span<UInt8>, _ properties: Properties
  ) throws(ClientError) {
    guard version == .mqtt50 else { return }
    let hasIdentifier: Bool
    do throws(CodecError) {
      hasIdentifier = try properties.check(for: .subscribe).contains(.subscriptionIdentifier)
    } catch { throw ClientError(error) }
    guard limits.takesWildcards || !hasWildcard(filter),
      limits.takesSharedSubscriptions || !isShared(filter),
      limits.takesSubscriptionIdentifiers || !hasIdentifier
    else { throw .subscriptionNotSupported }
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

/// Whether the Topic Filter starts with "$share/" [MQTT5 4.8.2].
private func isShared(_ filter: Span<UInt8>) -> Bool {
  let prefix: InlineArray<7, UInt8> = [0x24, 0x73, 0x68, 0x61, 0x72, 0x65, 0x2F]
  return filter.count >= 7 && areEqual(filter.extracting(0..<7), prefix.span)
}

/// Whether a ShareName without wildcard and a Topic Filter follow "$share/".
private func isSharedFilter(_ filter: Span<UInt8>) -> Bool {
  var end = 7
  while end < filter.count, filter[end] != 0x2F { end += 1 }
  // [MQTT5-4.8.2-1] [MQTT5-4.8.2-2]
  guard end > 7, end + 1 < filter.count else { return false }
  return !hasWildcard(filter.extracting(7..<end))
}
