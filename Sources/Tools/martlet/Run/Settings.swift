import BrokerCore
import BrokerIO
import ConfigurationFile
import GatewayIO
import MQTTLink
import MQTTSNGateway
import MQTTTerms
import Reactor
import SerialFraming
import SessionLink

// What the configuration says, in the words of the services.

extension ListenerSettings {
  /// The addresses to bind to.
  func addresses() throws(SystemError) -> [SocketAddress] {
    let all = try place.addresses(port: port)
    guard let domain else { return all }
    let found = all.filter { $0.family == (domain == .ipv4 ? .ipv4 : .ipv6) }
    if found.isEmpty {
      throw SystemError("listen on port \(port)", reason: "no address is of socket_domain")
    }
    return found
  }
}

extension ListenerSettings.Place {
  fileprivate func addresses(port: UInt16) throws(SystemError) -> [SocketAddress] {
    switch self {
    case .everywhere: try SocketAddress.everyInterface(port: port)
    case .loopback: [.ipv4(127, 0, 0, 1, port: port), .ipv6Loopback(port: port)]
    case .host(let host): try SocketAddress.resolve(host: host, port: port)
    case .path(let path):
      throw SystemError("listen on \(path)", reason: "MQTT-SN needs a UDP port")
    }
  }
}

extension LimitSettings {
  /// 0 stands for no limit: all that identifiers allow.
  fileprivate var receiveMaximum: UInt16 {
    maxInflightMessages == 0 ? .max : UInt16(clamping: maxInflightMessages)
  }

  /// No session is kept for ever that is to end: `UInt32.max` stands for never.
  fileprivate var sessionExpiry: UInt32? {
    persistentClientExpiration.map { UInt32(clamping: min($0, UInt64(UInt32.max) - 1)) }
  }
}

extension BrokerLimits {
  init(_ settings: LimitSettings, _ messaging: MessagingSettings) {
    self.init()
    queuedMessages = settings.maxQueuedMessages
    queuedOctets = settings.maxQueuedBytes
    inFlightMessages = settings.receiveMaximum
    inFlightOctets = settings.maxInflightBytes
    receiveMaximum = settings.receiveMaximum
    enforcesReceiveMaximum = messaging.enforcesReceiveMaximum
    // Nobody is closed for what the Receive Maximum allows.
    incomingExactlyOnce = max(settings.maxIncomingQoS2, Int(settings.receiveMaximum))
    messageOctets = settings.messageSizeLimit
    heldOctets = settings.memoryLimit
    sessions = settings.maxClients ?? sessions
    subscriptionsPerSession = settings.maxSubscriptions
    retainedMessages = settings.maxRetainedMessages
    clientIdentifierLength = settings.maxClientIDLength
    topicLevels = settings.maxTopicLevels
    checksRetainedSource = messaging.checksRetainedSource
    queuesQoS0 = messaging.queuesQoS0
    upgradesQoS = messaging.upgradesQoS
    deliversOverlaps = messaging.deliversOverlaps
    checksPayloadFormat = messaging.checksPayloadFormat
  }
}

extension BrokerService {
  /// Takes over what holds for connections of all listeners.
  mutating func adopt(_ limits: LimitSettings) {
    sendsAtOnce = limits.setsTCPNodelay
    connectionLimit = limits.maxConnections ?? .max
  }
}

extension AccessPolicy {
  /// The policy without what stands in files.
  init(_ settings: SecuritySettings) {
    self.init(allowsAnonymous: settings.allowsAnonymous)
    allowsEmptyClientIdentifier = settings.allowsEmptyClientID
    assignedPrefix = Array(settings.clientIDPrefix.utf8)
  }
}

extension Configuration {
  /// The policies without what stands in files: everybody's, then those of the listeners.
  var policies: [AccessPolicy] {
    [AccessPolicy(security)]
      + listeners.map { listener in
        var policy = AccessPolicy(security(of: listener))
        policy.demandedPrefix = Array((messaging.clientIDPrefix ?? "").utf8)
        policy.identifiesByUserName = listener.identifiesByUserName
        return policy
      }
  }
}

extension ConnectionLimits {
  /// Those of a listener's connections; `policy` is the number of the policy for them.
  init(
    _ configuration: Configuration, _ listener: ListenerSettings, policy: UInt16 = 0, seed: UInt64
  ) {
    self.init()
    let settings = configuration.limits
    packetSize = settings.maxPacketSize
    requestPacketSize = settings.maxRequestSize
    answerPacketSize = settings.maxAnswerSize
    propertiesPerPacket = settings.maxProperties
    connectTimeout = LinkTime(settings.connectTimeout) * 1000
    keepAlive = settings.maxKeepalive
    keptSessionExpiry = settings.sessionExpiry ?? .max
    receiveMaximum = settings.receiveMaximum
    topicAliases = listener.maxTopicAlias
    outgoingTopicAliases = listener.maxTopicAliasBroker
    maximumQoS = QoS(rawValue: listener.maxQoS) ?? .exactlyOnce
    isRetainAvailable = configuration.messaging.isRetainAvailable
    speaks31 = listener.versions.contains(.mqtt31)
    speaks311 = listener.versions.contains(.mqtt311)
    speaks50 = listener.versions.contains(.mqtt50)
    self.policy = policy
    self.seed = seed
  }
}

extension GatewayOptions {
  init(_ configuration: Configuration) {
    self.init()
    gatewayID = configuration.gatewayID
    advertiseInterval = configuration.advertiseInterval
    if let seconds = configuration.limits.sessionExpiry { sessionExpiry = seconds }
    let settings = configuration.gateway
    allowsPublishWithoutConnection = settings.allowsPublishWithoutConnection
    limits.nodes = settings.maxNodes
    limits.topicsPerNode = settings.maxNodeTopics
    nodeInflightMessages = settings.nodeInflightMessages
    nodeQueueMessages = settings.nodeQueueMessages
    nodeQueuePolicy = settings.nodeQueuePolicy == .dropsOldest ? .dropOldest : .newestPerTopic
    retryInterval = UInt64(settings.nodeRetryInterval) * 1000
    retryLimit = settings.nodeRetryLimit
  }
}

extension KnownNodes.Unlisted {
  init(_ settings: GatewaySettings) {
    switch settings.allowsUnlistedNodes {
    case nil: self = .anonymous
    case true?: self = .allowed
    case false?: self = .refused
    }
  }
}

extension NodeSettings {
  /// Where the node may be. A path is a serial line's, `udp:PORT` a listener's; anything else is an
  /// address.
  func resolvedPlace() throws(SystemError) -> NodePlace {
    guard let place else { return .anywhere }
    if place.hasPrefix("/") { return .serial(place) }
    if place.hasPrefix("udp:"), let port = UInt16(place.dropFirst(4)) {
      return .socket(port: port)
    }
    return .host(try SocketAddress.resolve(host: place, port: 0))
  }
}

extension ListenerSettings {
  /// The multicast groups; one without a port of its own is at that of the listener.
  func resolvedGroups(port: UInt16) throws(SystemError) -> [SocketAddress] {
    var groups: [SocketAddress] = []
    for text in multicastGroups {
      let words = text.split(separator: " ")
      let own = words.count > 1 ? UInt16(words[1]) : port
      guard words.count <= 2, let own, own > 0,
        let group = try SocketAddress.resolve(host: String(words[0]), port: own).first,
        group.isMulticast
      else { throw SystemError("join \(text)", reason: "it is no multicast group") }
      if group.needsInterface {
        throw SystemError("join \(text)", reason: "it needs an interface, as \(words[0])%eth0")
      }
      groups.append(group)
    }
    return groups
  }
}

extension PredefinedTopics {
  mutating func append(_ topic: PredefinedTopic) {
    let name = Array(topic.name.utf8)
    let clientID = Array((topic.clientID ?? "").utf8)
    append(id: topic.id, name: name.span, clientID: clientID.span)
  }
}

extension SerialSettings {
  init(_ line: SerialLineSettings) {
    let format: LineFormat =
      switch line.framing {
      case .hdlc: .hdlc
      case .raw: .raw
      case .xbee: line.xbeeMode == 1 ? .xbee1 : .xbee2
      }
    self.init(
      path: line.path, baud: Int(line.baud), format: format, maximumFrame: line.maxFrame)
  }
}
