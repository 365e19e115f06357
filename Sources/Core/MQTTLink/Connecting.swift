import MQTTCodec
import MQTTTerms
import SessionLink

extension Connection {
  /// Takes a CONNECT.
  @_lifetime(copy connect)
  mutating func receive(_ connect: Connect) -> FurtherStep {
    // [MQTT-3.1.0-2] [MQTT5-3.1.0-2]
    guard phase == .awaitingConnect else { return .close(.unexpectedPacket) }
    version = connect.version
    isBridge = connect.isBridge
    // [MQTT-3.1.2-2] [MQTT5-3.1.2-2]
    guard limits.speaks(version) else { return .close(.unsupportedVersion) }
    keepAlive = connect.keepAlive
    if let reason = refusal(of: connect) { return .close(reason) }
    phase = .connecting
    return open(connect)
  }

  private mutating func refusal(of connect: Connect) -> CloseReason? {
    if version == .mqtt31, connect.clientIdentifier.isEmpty { return .clientIdentifierMissing }
    if limits.keepAlive > 0, keepAlive == 0 || keepAlive > limits.keepAlive {
      guard version == .mqtt50 else { return .keepAliveTooLong }
      // [MQTT5-3.2.2-22] the peer is told another one.
      keepAlive = limits.keepAlive
      isKeepAliveDemanded = true
    }
    if hasTooMany(connect.properties) { return .tooManyProperties }
    guard let will = connect.will else { return nil }
    if hasTooMany(will.properties) { return .tooManyProperties }
    if mountCount + will.topicName.count > topicMaximumLength { return .topicTooLong }
    // [MQTT5-3.2.2-12], [MQTT5-3.2.2-13]
    if will.qos > limits.maximumQoS { return .qosNotSupported }
    return will.isRetained && !limits.isRetainAvailable ? .retainNotSupported : nil
  }

  /// Asks the hub for a session.
  @_lifetime(copy connect)
  private mutating func open(_ connect: Connect) -> FurtherStep {
    var traits = LinkTraits(receiveMaximum: limits.receiveMaximum)
    var step: AuthenticationStep?
    if version == .mqtt50 {
      step = readProperties(of: connect, &traits)
    } else {
      // [MQTT-3.1.2-6] a clean session ends with the connection, another one is kept.
      sessionExpiry = connect.isCleanSession ? 0 : limits.keptSessionExpiry
    }
    var will: WillRequest?
    if let asked = connect.will { will = request(asked) }
    let vouched = vouchedName(within: connect)
    var userName = connect.userName
    if let vouched { userName = vouched }
    return .event(
      .open(
        SessionRequest(
          clientID: connect.clientIdentifier, isCleanStart: connect.isCleanSession,
          sessionExpiry: sessionExpiry, traits: traits, address: address,
          isVouched: vouched != nil, policy: limits.policy, will: will, userName: userName,
          password: connect.password,
          authentication: step)))
  }

  /// The vouched name, for as long as the hub looks at the request: it does not change meanwhile.
  @_lifetime(copy connect)
  private borrowing func vouchedName(within connect: Connect) -> Span<UInt8>? {
    guard let name = vouchedName else { return nil }
    return _overrideLifetime(name, copying: connect)
  }

  /// Notes what a peer of 5.0 says of itself; gives the first step of an exchange, if it wants one.
  @_lifetime(copy connect)
  private mutating func readProperties(
    of connect: Connect, _ traits: inout LinkTraits
  ) -> AuthenticationStep? {
    traits.takesSubscriptionIdentifiers = true
    traits.hearsReasons = true
    var method: Span<UInt8>?
    var data = Span<UInt8>()
    var rest = connect.properties
    while let property = rest.nextChecked() {
      switch property {
      // [MQTT5-3.1.2-23]
      case .sessionExpiryInterval(let seconds): sessionExpiry = seconds
      // [MQTT5-3.3.4-9]
      case .receiveMaximum(let maximum): traits.receiveMaximum = min(traits.receiveMaximum, maximum)
      case .maximumPacketSize(let size): maximumPacketSize = size
      case .topicAliasMaximum(let maximum): useAliases(upTo: maximum)
      case .authenticationMethod(let name): method = name
      case .authenticationData(let octets): data = octets
      default: break
      }
    }
    traits.maximumPacketSize = maximumPacketSize
    guard let method else { return nil }
    makeExtras()
    extras[].authenticationMethod.append(contentsOf: method)
    return AuthenticationStep(method: method, data: data)
  }

  mutating func useAliases(upTo maximum: UInt16) {
    // [MQTT5-3.1.2-26], [MQTT5-3.1.2-27]
    let count = min(maximum, limits.outgoingTopicAliases)
    guard count > 0 else { return }
    makeExtras()
    extras[].outgoingAliases = OutgoingAliases(maximum: count, seed: limits.seed)
  }

  /// A will: its delay and its expiry are the hub's, the other properties travel along.
  @_lifetime(copy will)
  private mutating func request(_ will: Will) -> WillRequest {
    let carried = carry(will.properties)
    var topic = will.topicName
    if let place = mounted(topic) { topic = place }
    let message = IncomingPublish(
      topic: topic, payload: will.payload, qos: will.qos, isRetained: will.isRetained,
      packetID: .none, properties: carried.properties, expiry: carried.expiry,
      isText: carried.isText)
    return WillRequest(message, delay: carried.willDelay)
  }
}

extension Properties {
  /// The next of properties that were checked when the packet was decoded.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func nextChecked() -> Property? {
    do { return try next() } catch { return nil }
  }
}
