/// A configuration while its file is being read.
struct ConfigurationDraft {
  /// What the options of a block belong to.
  enum Block {
    case none, listener, serialLine
  }

  var configuration = Configuration()
  var block = Block.none
  /// The listener of the options before any `listener`.
  var defaultListener = ListenerSettings(port: 1883, place: .loopback)
  /// Whether the file asks for the default listener (`port`, `bind_address`): no other option may
  /// open a port.
  var opensDefaultListener = false
  /// The options before any `listener` that are the default listener's.
  var optionsOfDefaultListener: [String] = []
  /// Whether options for security belong to listeners (`per_listener_settings`).
  var isPerListener = false
  /// The options for security so far.
  var securityOptions: [String] = []
  /// Those that are the default listener's and the nodes'.
  var securityOptionsOfNodes: [String] = []
  /// The first option that asks for storage.
  var optionOfStorage: String?
  var hasLogTypes = false
  var hasLogDestinations = false

  /// The listener that a listener's option changes.
  var currentListener: ListenerSettings {
    get { configuration.listeners.last ?? defaultListener }
    set {
      let last = configuration.listeners.count - 1
      if last < 0 { defaultListener = newValue } else { configuration.listeners[last] = newValue }
    }
  }

  /// Notes an option for security by name; with `per_listener_settings` and before any
  /// listener it is one of the nodes'.
  mutating func noteSecurityOption(_ name: String) {
    securityOptions.append(name)
    if isPerListener, configuration.listeners.isEmpty { securityOptionsOfNodes.append(name) }
  }

  mutating func open(_ listener: ListenerSettings) {
    configuration.listeners.append(listener)
    block = .listener
  }

  /// The configuration with everything that the file left open; `ports` are those of the command
  /// line, which count only where the file asks for no listener.
  func finished(ports: [UInt16]) -> Configuration {
    var result = configuration
    if opensDefaultListener { result.listeners.insert(defaultListener, at: 0) }
    let isLocalOnly = result.listeners.isEmpty
    if isLocalOnly { result.listeners = localListeners(ports) }
    if !isLocalOnly, !opensDefaultListener { noteForgotten(&result) }
    noteBareNames(&result)
    noteStorage(&result)
    for listener in result.listeners { result.notices += listener.transportNotices }
    for listener in result.listeners
    where listener.speech != .mqttsn && !listener.multicastGroups.isEmpty {
      result.notices.append(
        "The multicast_group option has no effect on the listener on port \(listener.port): it is "
          + "for MQTT-SN.")
    }
    for listener in result.listeners where listener.speech == .mqttsn {
      guard listener.hasOptionsOfMQTT else { continue }
      result.notices.append(
        "Options for MQTT have no effect on the mqttsn listener on port \(listener.port).")
    }
    settleSecurity(&result, isLocalOnly: isLocalOnly)
    return result
  }

  /// The kernel counts adapters in the order in which it finds them.
  private func noteBareNames(_ result: inout Configuration) {
    for line in result.serialLines where line.hasBareName {
      result.notices.append(
        "The name \(line.path) may mean another adapter after the next plug or start; one of "
          + "/dev/serial/by-id or /dev/martlet stays: see martlet serial list.")
    }
  }

  private func noteStorage(_ result: inout Configuration) {
    guard let optionOfStorage else { return }
    result.notices.append(
      "The \(optionOfStorage) option has no effect: sessions and retained messages are not stored "
        + "yet, and end with the process.")
  }

  /// Nothing is ignored without a word.
  private func noteForgotten(_ result: inout Configuration) {
    let hasNodes =
      !result.serialLines.isEmpty || result.listeners.contains { $0.speech == .mqttsn }
    for option in optionsOfDefaultListener + (hasNodes ? [] : securityOptionsOfNodes) {
      result.notices.append(
        "The \(option) option has no effect: it stands before the first listener.")
    }
  }

  /// MQTT at each port and MQTT-SN one above the first; port 0 stays 0.
  private func localListeners(_ ports: [UInt16]) -> [ListenerSettings] {
    let ports = ports.isEmpty ? [defaultListener.port] : ports
    var listeners = ports.map { port in
      var listener = defaultListener
      listener.port = port
      return listener
    }
    if defaultListener.speech == .mqtt, ports[0] < .max {
      let port = ports[0] == 0 ? 0 : ports[0] + 1
      listeners.append(ListenerSettings(port: port, place: .loopback, speech: .mqttsn))
    }
    return listeners
  }
}
