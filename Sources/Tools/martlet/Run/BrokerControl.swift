import ConfigurationFile
import DynamicSecurity
import JSONReading
import JSONTree

/// What the broker tells of itself on its control topic (`enable_control_api`).
struct BrokerControl {
  /// The topic of the commands.
  static let topic = "$CONTROL/broker/v1"
  /// The topic of the answers.
  static let answerTopic = "\(topic)/response"
  private static let bounds = JSONBounds(values: 1000, octets: 1 << 16)
  private static let commandLimit = 100

  let configuration: Configuration
  /// The port of each listener.
  let ports: [UInt16]
  /// The commands that were carried out.
  private(set) var journal: [String] = []

  init(_ configuration: Configuration, ports: [UInt16]) {
    self.configuration = configuration
    self.ports = ports
  }

  /// The answer to a message.
  mutating func answer(_ payload: [UInt8]) -> JSONValue {
    do throws(JSONFault) {
      let message = try JSONValue(text: payload, within: Self.bounds)
      return ControlCommands.answer(to: message, limit: Self.commandLimit) { word, _ in
        perform(word)
      }
    } catch {
      return ControlCommands.refusal("Payload not valid JSON")
    }
  }

  private mutating func perform(_ word: String) -> ControlAnswer {
    let known: KeyValuePairs = ["listListeners": listeners, "listPlugins": plugins]
    guard let found = known.first(where: { isSameWord($0.key, word) }) else {
      return ControlAnswer(word, error: "Unknown command")
    }
    journal.append(found.key)
    return ControlAnswer(found.key, data: found.value)
  }

  private var listeners: JSONValue {
    let listeners = zip(configuration.listeners, ports).map { listener, port in
      JSONValue.record([
        "port": .integer(Int(port)), "protocol": .text(listener.speech.name),
        "bind-address": listener.host.map { .text($0) },
        "socket-path": listener.socketPath.map { .text($0) }, "tls": .bool(listener.tls.isSpoken),
      ])
    }
    return .record(["listeners": .array(listeners)])
  }

  private var plugins: JSONValue {
    let plugins = configuration.plugins.map { plugin in
      let topics = plugin.kind == .dynamicSecurity ? [SecurityControl.topic] : []
      return JSONValue.record([
        "name": .text(plugin.ownName), "control-endpoints": .array(topics.map { .text($0) }),
      ])
    }
    return .record(["plugins": .array(plugins)])
  }
}

extension ListenerSettings {
  fileprivate var host: String? {
    switch place {
    case .host(let host): host
    case .loopback: "localhost"
    case .everywhere, .path: nil
    }
  }

  fileprivate var socketPath: String? { if case .path(let path) = place { path } else { nil } }
}

extension ListenerSettings.Speech {
  fileprivate var name: String {
    switch self {
    case .mqtt: "mqtt"
    case .websockets: "mqtt+websockets"
    case .mqttsn: "mqttsn"
    }
  }
}
