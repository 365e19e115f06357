import MQTTTerms
import WireBytes

/// CONNECT: the first packet of a client [MQTT 3.1].
public struct Connect: ~Escapable, BitwiseCopyable {
  /// The version that the client speaks.
  public let version: ProtocolVersion
  /// Whether the client says that it is a bridge, which has no need of its own messages; before 5.0,
  /// which has words for it in SUBSCRIBE.
  public let isBridge: Bool
  /// Whether the session starts anew and ends with the Network Connection [MQTT 3.1.2.4]; in 5.0
  /// Clean Start: whether it starts anew, and the Session Expiry Interval tells when it ends.
  public let isCleanSession: Bool
  /// The longest silence of the client in seconds; 0 turns keep alive off [MQTT 3.1.2.10].
  public let keepAlive: UInt16
  /// Session expiry, limits, authentication and more; only in 5.0.
  public let properties: Properties
  /// The Client Identifier; may be empty [MQTT-3.1.3-6].
  public let clientIdentifier: Span<UInt8>
  /// What is published when the client is lost.
  public let will: Will?
  /// The User Name.
  public let userName: Span<UInt8>?
  /// The Password; only beside a User Name in 3.1 and 3.1.1.
  public let password: Span<UInt8>?

  /// A CONNECT of those parts.
  @_lifetime(copy clientIdentifier, copy will, copy userName, copy password, copy properties)
  public init(
    clientIdentifier: Span<UInt8>, keepAlive: UInt16, isCleanSession: Bool = true,
    will: Will? = nil, userName: Span<UInt8>? = nil, password: Span<UInt8>? = nil,
    version: ProtocolVersion = .mqtt311, isBridge: Bool = false, properties: Properties? = nil
  ) {
    self.version = version
    self.isBridge = isBridge
    self.isCleanSession = isCleanSession
    self.keepAlive = keepAlive
    self.properties = Properties(properties)
    self.clientIdentifier = clientIdentifier
    self.will = will
    self.userName = userName
    self.password = password
  }

  /// Decodes the octets after the fixed header.
  @_lifetime(copy body)
  public static func decode(_ body: Span<UInt8>) throws(CodecError) -> Connect {
    var reader = FieldReader(body)
    let (version, isBridge) = try reader.protocolVersion()
    let flags = ConnectFlags(rawValue: try reader.uint8())
    try flags.check(version: version)
    let keepAlive = try reader.uint16()
    let properties = try reader.properties(of: .connect, version: version)
    // [MQTT-3.1.3-1] [MQTT5-3.1.3-1] The order of the fields;
    // [MQTT-3.1.3-3] [MQTT-3.1.3-4] [MQTT5-3.1.3-3] [MQTT5-3.1.3-4] the identifier.
    let clientIdentifier = try reader.string()
    // [MQTT-3.1.2-9] [MQTT5-3.1.2-9]
    let will: Will? =
      flags.hasWill ? try Will.decode(&reader, flags: flags, version: version) : nil
    // [MQTT-3.1.2-19] [MQTT-3.1.3-11] [MQTT5-3.1.2-17] [MQTT5-3.1.3-12]
    let userName: Span<UInt8>? =
      reader.hasField(flags.hasUserName, version) ? try reader.string() : nil
    // [MQTT-3.1.2-21] [MQTT5-3.1.2-19]
    let password: Span<UInt8>? =
      reader.hasField(flags.hasPassword, version) ? try reader.binaryData() : nil
    // [MQTT-3.1.2-11] [MQTT-3.1.2-18] [MQTT-3.1.2-20] [MQTT5-3.1.2-16] [MQTT5-3.1.2-18]
    try reader.finish()
    return Connect(
      clientIdentifier: clientIdentifier, keepAlive: keepAlive,
      isCleanSession: flags.isCleanSession, will: will, userName: userName, password: password,
      version: version, isBridge: isBridge, properties: properties)
  }

  /// How many octets the packet takes on the wire.
  public var encodedSize: Int { packetSize(remainingLength: remainingLength) }

  /// Appends the packet; `tooLong` when a field is, `outOfRoom` when the packet does not fit, and
  /// what is wrong with properties. Versions that have no properties get none.
  @_lifetime(output: copy output)
  public func encode(into output: inout OutputRawSpan) throws(CodecError) {
    guard fieldsFit else { throw .tooLong }
    let flags = ConnectFlags(self)
    try flags.check(version: version)
    if version == .mqtt50 {
      try properties.check(for: .connect)
      if let will { try will.properties.check(for: .will) }
    }
    try output.appendFixedHeader(.connect, flags: 0, remainingLength: remainingLength)
    output.append(protocolVersion: version, isBridge: isBridge)
    output.append(flags.rawValue)
    output.append(bigEndian: keepAlive)
    output.append(properties, version: version)
    output.append(lengthPrefixed: clientIdentifier)
    if let will {
      output.append(will.properties, version: version)
      output.append(lengthPrefixed: will.topicName)
      output.append(lengthPrefixed: will.payload)
    }
    if let userName { output.append(lengthPrefixed: userName) }
    if let password { output.append(lengthPrefixed: password) }
  }

  private var remainingLength: Int {
    var length = ProtocolName.encodedSize(version: version) + 4
    length += properties.fieldSize(version: version) + 2 + clientIdentifier.count
    if let will {
      length += will.properties.fieldSize(version: version)
      length += 4 + will.topicName.count + will.payload.count
    }
    if let userName { length += 2 + userName.count }
    if let password { length += 2 + password.count }
    return length
  }

  private var fieldsFit: Bool {
    let limit = Int(UInt16.max)
    if let will, will.topicName.count > limit || will.payload.count > limit { return false }
    if let userName, userName.count > limit { return false }
    if let password, password.count > limit { return false }
    return clientIdentifier.count <= limit
  }
}

extension FieldReader {
  /// Whether the field comes that a flag announces: in 3.1 a User Name or Password may be missing
  /// at the end, and the Remaining Length takes precedence over its flag [MQTT 3.1, 3.1].
  fileprivate func hasField(_ flag: Bool, _ version: ProtocolVersion) -> Bool {
    flag && !(version == .mqtt31 && isEmpty)
  }
}

/// The will that a CONNECT leaves with the server [MQTT 3.1.2.5].
public struct Will: ~Escapable, BitwiseCopyable {
  /// Will delay, message expiry, content type and more; only in 5.0.
  public let properties: Properties
  /// Where it is published.
  public let topicName: Span<UInt8>
  /// The Will Message (0...65,535 octets).
  public let payload: Span<UInt8>
  /// With which Quality of Service.
  public let qos: QoS
  /// Whether it is retained.
  public let isRetained: Bool

  /// A will of those parts.
  @_lifetime(copy topicName, copy payload, copy properties)
  public init(
    topicName: Span<UInt8>, payload: Span<UInt8>, qos: QoS, isRetained: Bool,
    properties: Properties? = nil
  ) {
    self.properties = Properties(properties)
    self.topicName = topicName
    self.payload = payload
    self.qos = qos
    self.isRetained = isRetained
  }

  @_lifetime(copy reader)
  @_lifetime(reader: copy reader)
  static func decode(
    _ reader: inout FieldReader, flags: ConnectFlags, version: ProtocolVersion
  ) throws(CodecError) -> Will {
    // [MQTT-3.1.2-14] [MQTT5-3.1.2-12]
    guard let qos = QoS(rawValue: flags.willQoS) else { throw .malformedQoS }
    let properties = try reader.properties(of: .will, version: version)
    // [MQTT-3.1.3-10] [MQTT5-3.1.3-11]
    let topicName = try reader.topicName()
    return Will(
      topicName: topicName, payload: try reader.binaryData(), qos: qos,
      isRetained: flags.isWillRetained, properties: properties)
  }
}
