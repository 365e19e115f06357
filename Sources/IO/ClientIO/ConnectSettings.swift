import MQTTClient
import MQTTCodec
import MQTTTerms

/// What a client connects with: the content of its CONNECT, kept for reconnections.
public struct ConnectSettings: Sendable {
  /// What the broker publishes when the client is lost.
  public struct Will: Sendable {
    /// Where it is published.
    public var topicName: [UInt8]
    /// The message (0...65,535 octets).
    public var payload: [UInt8] = []
    /// With which Quality of Service.
    public var qos = QoS.atMostOnce
    /// Whether it is retained.
    public var isRetained = false
    /// Delay, expiry, content type and more; only in 5.0.
    public var properties = PropertyList()

    /// An empty will for that topic.
    public init(topicName: [UInt8]) { self.topicName = topicName }
  }

  /// The Client Identifier; empty lets the broker choose one.
  public var clientIdentifier: [UInt8] = []
  /// The keep alive in seconds; 0 turns it off.
  public var keepAlive: UInt16 = 60
  /// Whether the session starts anew and ends with the connection; in 5.0 whether it starts anew,
  /// and the Session Expiry Interval among the properties tells when it ends.
  public var isCleanSession = true
  /// The will.
  public var will: Will?
  /// The User Name.
  public var userName: [UInt8]?
  /// The Password; before 5.0 only beside a User Name.
  public var password: [UInt8]?
  /// The version to speak.
  public var version = ProtocolVersion.mqtt311
  /// Session expiry, limits, authentication and more; only in 5.0. Where no Receive Maximum is
  /// among them, the client's own goes along.
  public var properties = PropertyList()

  /// A clean session of a nameless client.
  public init() {}

  /// Calls `body` with the packet.
  func withConnect(
    _ body: (borrowing Connect) throws(ClientError) -> Void
  ) throws(ClientError) {
    let topicName = will?.topicName ?? []
    let payload = will?.payload ?? []
    let (name, user, word) = (clientIdentifier, userName ?? [], password ?? [])
    let (properties, willProperties) = (completeProperties.octets, will?.properties.octets ?? [])
    let testament = Will.view(
      will, topicName: topicName.span, payload: payload.span,
      properties: Properties(willProperties.span))
    try body(
      Connect(
        clientIdentifier: name.span, keepAlive: keepAlive, isCleanSession: isCleanSession,
        will: testament, userName: userName == nil ? nil : user.span,
        password: password == nil ? nil : word.span, version: version,
        properties: Properties(properties.span)))
  }

  /// The properties, and how many messages the client has room for.
  private var completeProperties: PropertyList {
    var list = properties
    // There is always room for three octets.
    if !list.contains(.receiveMaximum) { try? list.append(.receiveMaximum(ClientStream.incoming)) }
    return list
  }
}

extension ConnectSettings.Will {
  @_lifetime(copy topicName, copy payload, copy properties)
  fileprivate static func view(
    _ will: Self?, topicName: Span<UInt8>, payload: Span<UInt8>, properties: Properties
  ) -> MQTTCodec.Will? {
    guard let will else { return nil }
    return MQTTCodec.Will(
      topicName: topicName, payload: payload, qos: will.qos, isRetained: will.isRetained,
      properties: properties)
  }
}
