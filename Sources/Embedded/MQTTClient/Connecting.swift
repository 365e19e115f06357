import MQTTCodec
import MQTTTerms
import WireBytes

extension Client {
  /// Appends a CONNECT, the first packet on a new Network Connection [MQTT-3.1.0-1]
  /// [MQTT5-3.1.0-1].
  ///
  /// A clean session forgets the messages that were not acknowledged; a kept one sends them again,
  /// and knows which ones it has received. In 5.0 promise no larger Receive Maximum than
  /// `incoming`, and no more Topic Aliases than `aliasRoom` has room for.
  @_lifetime(output: copy output)
  public mutating func connect(
    _ connect: borrowing Connect, into output: inout OutputRawSpan, at now: TickTime
  ) throws(ClientError) {
    guard phase == .disconnected else { throw .alreadyConnected }
    guard areWellFormed(connect) else { throw .malformedConnect }
    let promises = try Promises(connect)
    guard promises.topicAliasMaximum == 0 || aliasRoom > 0 else { throw .topicAliasInvalid }
    do { try connect.encode(into: &output) } catch { throw ClientError(error) }
    // [MQTT5-3.1.2-4] [MQTT5-3.1.2-23] [MQTT5-4.1.0-1] Only this ends what the client keeps of a session.
    if connect.isCleanSession { forgetSession() }
    self.promises = promises
    version = connect.version
    phase = .connecting
    clock = now
    closing = nil
    farewell = nil
    liveness = Liveness(keepAlive: connect.keepAlive, at: now)
    liveness.expectAnswer(by: now.advanced(by: responseTimeout))
  }

  /// Appends a DISCONNECT and ends the connection; the server drops the will [MQTT-3.14.4-1]. In
  /// 5.0 with a reason, and properties such as a new Session Expiry Interval; `packetTooLarge`
  /// where these make it larger than the server takes.
  @_lifetime(output: copy output)
  public mutating func disconnect(
    _ reasonCode: ReasonCode = .normalDisconnection, properties: Properties? = nil,
    into output: inout OutputRawSpan
  ) throws(ClientError) {
    // Within enhanced authentication it may be the answer [MQTT5-3.1.2-30].
    guard phase == .connected || phase == .connecting && version == .mqtt50 else {
      throw .notConnected
    }
    let start = output.byteCount
    let packet = Disconnect(reasonCode, properties: properties)
    do throws(CodecError) {
      if version == .mqtt50 { try check(packet) }
      try packet.encode(into: &output, version: version)
    } catch { throw ClientError(error) }
    try checkSize(&output, since: start)
    // [MQTT-3.14.4-1] [MQTT-3.14.4-2] [MQTT5-3.14.4-1] [MQTT5-3.14.4-2]
    drop()
  }

  /// Whether what must be text is text.
  private func areWellFormed(_ connect: borrowing Connect) -> Bool {
    // [MQTT-3.1.3-10] [MQTT-4.7.1-1] [MQTT5-3.1.3-11]
    if let will = connect.will {
      guard isTopicName(will.topicName), isWellFormedString(will.topicName) else { return false }
    }
    // [MQTT-3.1.3-11] [MQTT5-3.1.3-12]
    if let userName = connect.userName, !isWellFormedString(userName) { return false }
    // [MQTT-3.1.3-4] [MQTT5-3.1.3-4]
    return isWellFormedString(connect.clientIdentifier)
  }

  /// Throws what a client may not say in DISCONNECT.
  private func check(_ packet: Disconnect) throws(CodecError) {
    try packet.check(from: .client)
    var rest = packet.properties
    while let property = try rest.next() {
      // A session without expiry gets none by its end [MQTT5 3.14.2.2.2].
      if case .sessionExpiryInterval(let seconds) = property, seconds != 0,
        promises.sessionExpiry == 0
      {
        throw .invalidPropertyValue
      }
    }
  }

  /// Tells that the Network Connection is gone. `connect` starts the next one.
  public mutating func connectionLost() {
    drop()
    farewell = nil
  }

  /// Takes a CONNACK.
  @_lifetime(copy connack)
  mutating func connectionAnswered(_ connack: Connack) throws(CodecError) -> ClientEvent {
    // [MQTT-3.2.2-5] [MQTT5-4.13.2-1]
    guard connack.reasonCode == .success else {
      return close(.refused(connack.reasonCode), connack.properties)
    }
    // [MQTT5-3.2.2-4] A client that did not ask for a clean start answers for its session itself.
    if version == .mqtt50, connack.isSessionPresent, promises.isCleanStart {
      return close(.unexpectedSession, connack.properties)
    }
    // [MQTT5-4.12.0-5]
    guard promises.isMethodKept(by: connack.properties) else {
      return close(.unexpectedMethod, connack.properties)
    }
    limits = try ServerLimits(connack.properties)
    phase = .connected
    liveness.answered()
    // [MQTT5-3.1.2-21] [MQTT5-3.2.2-21]
    if let seconds = limits.keepAlive { liveness.setKeepAlive(seconds) }
    resumeSession(isPresent: connack.isSessionPresent)
    return .connected(connack)
  }

  /// Takes a DISCONNECT of the server's.
  @_lifetime(copy disconnect)
  mutating func serverLeft(_ disconnect: Disconnect) throws(CodecError) -> ClientEvent {
    try disconnect.check(from: .server)
    // [MQTT5-4.13.2-1] [MQTT5-4.12.1-2]
    return close(.disconnected(disconnect.reasonCode), disconnect.properties)
  }

  /// Takes up what is left of the session, or gives it up where the server has none.
  private mutating func resumeSession(isPresent: Bool) {
    // [MQTT5-3.2.2-5]
    if version == .mqtt50, !isPresent { return forgetSession() }
    inFlight.markForResending()
    // The identifiers of a session that the server has not kept start anew. CONNACK of 3.1 does
    // not say whether it has.
    if !isPresent, version != .mqtt31 { unreleased.removeAll() }
  }

  private mutating func forgetSession() {
    inFlight.removeAll()
    unreleased.removeAll()
  }
}
