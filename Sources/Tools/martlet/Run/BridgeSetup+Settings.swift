import BridgeIO
import ConfigurationFile
import Glibc
import MQTTBridge
import MQTTCodec
import MQTTLink
import MQTTTerms
import Reactor
import SessionLink
import TLS

// What the configuration says of bridges, in the words of the services.

extension Configuration {
  /// The bridges, ready to run; reads the files that their TLS needs.
  func bridgeSetups() throws(AccessProblem) -> [BridgeSetup] {
    var setups: [BridgeSetup] = []
    for bridge in bridges {
      do throws(SystemError) {
        setups.append(try BridgeSetup(bridge, self))
      } catch {
        throw AccessProblem(description: "Unable to \(error) (connection \(bridge.name)).")
      }
    }
    return setups
  }
}

extension BridgeSetup {
  fileprivate init(
    _ bridge: BridgeSettings, _ configuration: Configuration
  ) throws(SystemError) {
    self.init(
      name: bridge.name, options: BridgeOptions(bridge, configuration),
      places: bridge.addresses.map { BridgePlace(host: $0.host, port: $0.port) })
    let network = bridge.network
    if let address = network.bindAddress {
      transport.sources = try SocketAddress.resolve(host: address, port: 0)
    }
    transport.keepAlive = network.keepAlive.map {
      .init(idle: $0.idle, interval: $0.interval, count: $0.count)
    }
    transport.userTimeout = network.userTimeout
    guard bridge.tls.isSpoken else { return }
    transport.tls = try TLSContext(client: TLSSettings(bridge.tls))
  }
}

extension TLSSettings {
  fileprivate init(_ tls: BridgeTLS) {
    self.init()
    authorityFile = tls.authorityFile
    authorityFolder = tls.authorityFolder
    trustsSystem = tls.trustsSystem
    certificateFile = tls.certificateFile
    keyFile = tls.keyFile
    ciphers = tls.ciphers
    ciphersuites = tls.ciphersuites
    verifiesHost = !tls.isInsecure
    leastVersion = tls.leastVersion == .tls13 ? .tls13 : .tls12
    protocolName = tls.protocolName
    if let identity = tls.identity, let secret = tls.secret {
      ownSharedKey = (identity: identity, key: secret)
    }
  }
}

extension BridgeOptions {
  fileprivate init(_ bridge: BridgeSettings, _ configuration: Configuration) {
    let name = bridge.remote.clientID ?? "\(bridge.name).\(hostName())"
    self.init(
      remote: BridgeLogin(bridge.remote, name), local: BridgeLogin(bridge, "local.\(name)"))
    isRoundRobin = bridge.isRoundRobin
    start =
      switch bridge.start {
      case .automatic: .automatic
      case .lazy: .lazy
      case .once: .once
      }
    threshold = Int(bridge.threshold)
    idleTimeout = LinkTime(bridge.idleTimeout) * 1000
    restart.base = LinkTime(bridge.restart.base) * 1000
    restart.cap = LinkTime(bridge.restart.cap) * 1000
    restart.stable = LinkTime(bridge.restart.stable) * 1000
    topics = bridge.topics.map(TopicMapping.init)
    topicLevels = configuration.limits.maxTopicLevels
    setRemote(bridge.remote, configuration)
    let notifications = bridge.notifications
    if notifications.areSent {
      let topic = notifications.topic ?? "$SYS/broker/connection/\(name)/state"
      notificationTopic = Array(topic.utf8)
    }
    notifiesRemote = !notifications.areLocal
  }

  private mutating func setRemote(_ remote: BridgeRemote, _ configuration: Configuration) {
    version =
      switch remote.version {
      case .mqtt31: .mqtt31
      case .mqtt311: .mqtt311
      case .mqtt50: .mqtt50
      }
    showsBridge = remote.showsBridge
    unsubscribes = remote.unsubscribes
    keepsRetain = remote.keepsRetain
    keepAlive = remote.keepAlive
    sessionExpiry = remote.sessionExpiry
    if remote.maxPacketSize > 0 { maximumPacketSize = remote.maxPacketSize }
    // The same as a client may do, apart from what the bridge has options for.
    limits = ConnectionLimits(
      configuration, ListenerSettings(port: 0), seed: .random(in: .min ... .max))
    inFlightMessages = limits.receiveMaximum
    if let maximum = remote.receiveMaximum { limits.receiveMaximum = maximum }
    limits.topicAliases = remote.maxTopicAlias
    limits.outgoingTopicAliases = remote.maxTopicAlias
  }
}

extension BridgeLogin {
  fileprivate init(_ remote: BridgeRemote, _ name: String) {
    self.init(clientID: Array(name.utf8))
    userName = remote.userName.map { Array($0.utf8) }
    password = remote.password.map { Array($0.utf8) }
    isClean = remote.isClean
  }

  fileprivate init(_ bridge: BridgeSettings, _ name: String) {
    self.init(clientID: Array((bridge.local.clientID ?? name).utf8))
    userName = bridge.local.userName.map { Array($0.utf8) }
    password = bridge.local.password.map { Array($0.utf8) }
    isClean = bridge.local.isClean ?? bridge.remote.isClean
  }
}

extension TopicMapping {
  fileprivate init(_ topic: BridgeTopic) {
    self.init(
      Array(topic.pattern.utf8), goesOut: topic.direction != .in, comesIn: topic.direction != .out,
      qos: QoS(rawValue: topic.qos) ?? .atMostOnce, localPrefix: Array(topic.localPrefix.utf8),
      remotePrefix: Array(topic.remotePrefix.utf8))
  }
}

/// The name of this machine.
private func hostName() -> String {
  var name = [CChar](repeating: 0, count: 256)
  guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
  return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
