import BrokerCore
import ConfigurationFile
import GatewayIO
import MQTTLink
import MQTTSNGateway
import Reactor

// What the configuration says, in the words of the services.

extension ListenerSettings.Place {
  /// The addresses to bind to.
  func addresses(port: UInt16) throws(SystemError) -> [SocketAddress] {
    switch self {
    case .everywhere: try SocketAddress.everyInterface(port: port)
    case .loopback: [.ipv4(127, 0, 0, 1, port: port), .ipv6Loopback(port: port)]
    case .host(let host): try SocketAddress.resolve(host: host, port: port)
    }
  }
}

extension BrokerLimits {
  init(_ settings: LimitSettings) {
    self.init()
    queuedMessages = settings.maxQueuedMessages
    inFlightMessages = UInt16(clamping: settings.maxInflightMessages)
  }
}

extension ConnectionLimits {
  init(_ settings: LimitSettings) {
    self.init()
    packetSize = settings.maxPacketSize
    keepAlive = settings.maxKeepalive
    if let seconds = settings.persistentClientExpiration {
      keptSessionExpiry = UInt32(clamping: min(seconds, UInt64(UInt32.max) - 1))
    }
    // 0 stands for no limit: all that identifiers allow.
    receiveMaximum =
      settings.maxInflightMessages == 0
      ? .max : UInt16(clamping: settings.maxInflightMessages)
  }
}

extension GatewayOptions {
  init(_ configuration: Configuration) {
    self.init()
    gatewayID = configuration.gatewayID
    advertiseInterval = configuration.advertiseInterval
    if let seconds = configuration.limits.persistentClientExpiration {
      sessionExpiry = UInt32(clamping: min(seconds, UInt64(UInt32.max) - 1))
    }
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
    self.init(
      path: line.path, baud: Int(line.baud), format: line.framing == .raw ? .raw : .hdlc,
      maximumFrame: line.maxFrame)
  }
}
