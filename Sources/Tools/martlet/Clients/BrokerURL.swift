import CommandKit

/// Broker, login and topic in one word (`-L`): `mqtt://[USER[:PASSWORD]@]HOST[:PORT]/TOPIC`, or with
/// `ws://`. Nothing in it is percent-encoded, as with Mosquitto.
struct BrokerURL: Equatable {
  static let option = CommandOption(
    "-L", "--url", value: .text("URL"),
    summary: "mqtt:// or ws://, then [USER[:PASSWORD]@]HOST[:PORT]/TOPIC: all in one. What -h, -p, "
      + "-u and -P say goes before it.")

  let isWebSocket: Bool
  private(set) var userName: String?
  private(set) var password: String?
  private(set) var host = ""
  private(set) var port: UInt16
  let isSecure: Bool
  let topic: String

  /// That of the options, if there is one.
  static func given(_ arguments: Arguments) throws(UsageError) -> BrokerURL? {
    guard let text = arguments.value(option) else { return nil }
    return try BrokerURL(text)
  }

  init(_ text: String) throws(UsageError) {
    let (scheme, rest) = try Self.scheme(of: text)
    isWebSocket = scheme == "ws"
    isSecure = scheme == "mqtts"
    port = isWebSocket ? 80 : isSecure ? 8883 : 1883
    let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty else {
      throw UsageError("Invalid URL '\(text)' (-L): the topic is missing.")
    }
    topic = String(parts[1])
    var place = parts[0]
    if let end = place.lastIndex(of: "@") {
      readLogin(place[..<end])
      place = place[place.index(after: end)...]
    }
    guard readPlace(place) else {
      throw UsageError("Invalid URL '\(text)' (-L): '\(place)' is no HOST[:PORT].")
    }
  }

  private static func scheme(of text: String) throws(UsageError) -> (Substring, Substring) {
    for scheme in ["mqtt", "mqtts", "ws"] {
      if text.hasPrefix("\(scheme)://") {
        return (Substring(scheme), text.dropFirst(scheme.count + 3))
      }
    }
    if text.hasPrefix("wss://") {
      throw UsageError("TLS under WebSocket is not supported yet: 'wss://' (-L).")
    }
    throw UsageError(
      "Unknown scheme in the URL '\(text)' (-L). Expected: mqtt://, mqtts:// or ws://.")
  }

  private mutating func readLogin(_ login: Substring) {
    let words = login.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    userName = words.first.map(String.init)
    if words.count == 2 { password = String(words[1]) }
  }

  /// Whether that is a host, an address in brackets perhaps, and a port perhaps.
  private mutating func readPlace(_ place: Substring) -> Bool {
    var rest = place
    if place.hasPrefix("["), let end = place.firstIndex(of: "]") {
      host = String(place[place.index(after: place.startIndex)..<end])
      rest = place[place.index(after: end)...]
    } else {
      host = String(place.prefix { $0 != ":" })
      rest = place.dropFirst(host.count)
    }
    guard !host.isEmpty else { return false }
    if rest.isEmpty { return true }
    guard rest.hasPrefix(":"), let number = UInt16(rest.dropFirst()), number > 0 else {
      return false
    }
    port = number
    return true
  }
}
