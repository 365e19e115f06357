import MQTTCodec
import MQTTLink
import MQTTTerms
import SessionLink
import Slabs

// CONNECT, CONNACK and DISCONNECT.
extension Bridge {
  /// The network connection is there: the remote broker is sent a CONNECT.
  public mutating func dialed(at now: LinkTime) {
    clock = now
    guard phase == .dialing else { return }
    phase = .calling
    failedAddresses = 0
    sentAt = now
    answerBy = now + answerTime
    pongBy = nil
    output.removeAll()
    requests = RemoteRequests()
    retainsThere = true
    takesAtOnce = options.inFlightMessages
    highestQoS = .exactlyOnce
    var limits = options.limits
    // The bridge itself lets nothing be retained where that is not wanted.
    limits.isRetainAvailable = true
    connection = Connection(calling: options.version, limits: limits, at: now)
    connection.promise(keepAlive: options.keepAlive)
    connection.limitPackets(to: options.maximumPacketSize)
    sendConnect()
  }

  private mutating func sendConnect() {
    let remote = options.remote
    let userName = remote.userName ?? []
    let password = remote.password ?? []
    let topic = options.notificationTopic
    let text: [UInt8] = [0x30]
    var name: Span<UInt8>?
    if remote.userName != nil { name = userName.span }
    var secret: Span<UInt8>?
    if remote.password != nil { secret = password.span }
    var will: Will?
    if tellsThere {
      will = Will(
        topicName: topic.span, payload: text.span, qos: .atLeastOnce,
        isRetained: true)
    }
    let properties = connectProperties()
    let connect = Connect(
      clientIdentifier: remote.clientID.span, keepAlive: options.keepAlive,
      isCleanSession: remote.isClean, will: will, userName: name, password: secret,
      version: options.version, isBridge: showsMark, properties: Properties(properties.span))
    send(room: connect.encodedSize) { (output) throws(CodecError) in
      try connect.encode(into: &output)
    }
  }

  /// What a remote broker of 5.0 is told; only what is not the default.
  private func connectProperties() -> Slab<UInt8> {
    var properties = Slab<UInt8>()
    guard options.version == .mqtt50 else { return properties }
    let limits = options.limits
    try? properties.write(room: 20) { (output) throws(CodecError) in
      if options.sessionExpiry > 0 {
        try Property.sessionExpiryInterval(options.sessionExpiry).encode(into: &output)
      }
      if limits.receiveMaximum < .max {
        try Property.receiveMaximum(max(limits.receiveMaximum, 1)).encode(into: &output)
      }
      try Property.maximumPacketSize(UInt32(clamping: limits.packetSize)).encode(into: &output)
      if limits.topicAliases > 0 {
        try Property.topicAliasMaximum(limits.topicAliases).encode(into: &output)
      }
    }
    return properties
  }

  /// The remote broker's answer to CONNECT.
  mutating func answered<H: Hub & ~Copyable>(
    _ connack: borrowing Connack, _ hub: inout H, _ commands: inout CommandQueue
  ) {
    answerBy = nil
    guard connack.reasonCode == .success else {
      return refusedThere(connack.reasonCode, &hub, &commands)
    }
    phase = .connected
    connectedAt = clock
    usedAt = clock
    noteLimits(connack)
    notice(.connected(address: address))
    watchPrimary()
    enter(&hub, &commands)
    // What it had sent before, and not released, is not known there any more.
    if !connack.isSessionPresent {
      hub.handle(.forgotten, from: link, at: clock, commands: &commands)
    }
  }

  private mutating func refusedThere<H: Hub & ~Copyable>(
    _ code: ReasonCode, _ hub: inout H, _ commands: inout CommandQueue
  ) {
    notice(.refused(address: address, code))
    // Not every broker knows the mark.
    if showsMark, code == ConnectReturnCode.unacceptableProtocolVersion.reasonCode {
      showsMark = false
    }
    hangUp()
    restAfterConnection()
  }

  private mutating func noteLimits(_ connack: borrowing Connack) {
    var rest = connack.properties
    while let property = try? rest.next() {
      switch property {
      // [MQTT5-3.2.2-11], [MQTT5-3.2.2-14], [MQTT5-3.3.4-7]
      case .receiveMaximum(let maximum): takesAtOnce = min(takesAtOnce, maximum)
      case .maximumQoS(let qos): highestQoS = qos
      case .retainAvailable(let isAvailable): retainsThere = isAvailable
      default: break
      }
    }
  }

  /// Both sessions are there: the topics are shared from now on.
  mutating func goOn<H: Hub & ~Copyable>(_ hub: inout H, _ commands: inout CommandQueue) {
    notifyThere(isConnected: true)
    notifyHere(isConnected: true, &hub, &commands)
    sendNextRequest()
    subscribeHere(startsWithRetained: true, &hub, &commands)
  }

  // MARK: The end

  /// The network connection has ended, with the system's words for it where there are any.
  public mutating func lost<H: Hub & ~Copyable>(
    _ reason: String?, hub: inout H, commands: inout CommandQueue, at now: LinkTime
  ) {
    clock = now
    guard isOnline else { return }
    end(.lost(reason), &hub, &commands)
  }

  /// Ends the connection for a reason worth telling.
  mutating func end<H: Hub & ~Copyable>(
    _ fault: BridgeFault, _ hub: inout H, _ commands: inout CommandQueue
  ) {
    notice(.ended(address: address, fault))
    let wasConnected = phase == .connected
    hangUp()
    restAfterConnection()
    if isOpen { exit(&hub, &commands) }
    if wasConnected { notifyHere(isConnected: false, &hub, &commands) }
  }

  /// Says good-bye, where there is somebody to say it to. The will is taken along, so what it would
  /// have said is said before.
  mutating func leave<H: Hub & ~Copyable>(_ hub: inout H, _ commands: inout CommandQueue) {
    guard isOnline else { return }
    if phase == .connected {
      notifyThere(isConnected: false)
      let version = options.version
      send(room: 4) { (output) throws(CodecError) in
        try Disconnect().encode(into: &output, version: version)
      }
      waits.noteConnection(of: clock - connectedAt)
    }
    let wasConnected = phase == .connected
    mustHangUp = true
    dialRequest = nil
    answerBy = nil
    pongBy = nil
    phase = .resting
    if isOpen { exit(&hub, &commands) }
    if wasConnected { notifyHere(isConnected: false, &hub, &commands) }
  }

  /// Ends the network connection; nothing more is sent.
  private mutating func hangUp() {
    output.removeAll()
    connection.close()
    dialRequest = nil
    mustHangUp = true
  }
}
