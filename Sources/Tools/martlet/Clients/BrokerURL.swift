import CommandKit

/// Broker, login and topic in one word (`-L`): `mqtt://[USER[:PASSWORD]@]HOST[:PORT]/TOPIC`, or with
/// `mqtts://`, `ws://` or `wss://`. Nothing in it is percent-encoded, as with Mosquitto.
struct BrokerURL: Equatable {
  static let option = CommandOption(
    "-L", "--url", value: .text("URL"),
    summary: "mqtt://, mqtts://, ws:// or wss://, then [USER[:PASSWORD]@]HOST[:PORT]/TOPIC: all in "
      + "one. What -h, -p, -u and -P say goes before it.", absence: "no URL specified")

  private enum Scheme: String, CaseIterable {
    case mqtt, mqtts, ws, wss

    var isWebSocket: Bool { self == .ws || self == .wss }
    var isSecure: Bool { self == .mqtts || self == .wss }

    var port: UInt16 {
      switch self {
      case .mqtt: 1883
      case .mqtts: 8883
      case .ws: 80
      case .wss: 443
      }
    }
  }

  private let scheme: Scheme
  private let place: URLPlace
  let topic: String

  /// That of the options, if there is one.
  static func given(_ arguments: Arguments) throws(UsageError) -> BrokerURL? {
    guard let text = arguments.value(option) else { return nil }
    return try BrokerURL(text)
  }

  init(_ text: String) throws(UsageError) {
    let rest: Substring
    (scheme, rest) = try Self.scheme(of: text)
    let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty else {
      throw UsageError("Invalid URL for -L argument specified - topic missing: '\(text)'.")
    }
    topic = String(parts[1])
    guard let place = URLPlace(parts[0]) else {
      throw UsageError("Invalid URL '\(text)' (-L): '\(parts[0])' is no HOST[:PORT].")
    }
    self.place = place
  }

  private static func scheme(of text: String) throws(UsageError) -> (Scheme, Substring) {
    for scheme in Scheme.allCases {
      let start = "\(scheme)://"
      if text.prefix(start.count).lowercased() == start {
        return (scheme, text.dropFirst(start.count))
      }
    }
    throw UsageError(
      "unsupported URL scheme: '\(text)' (-L). Expected: mqtt://, mqtts://, ws:// or wss://.")
  }

  var isWebSocket: Bool { scheme.isWebSocket }
  var isSecure: Bool { scheme.isSecure }
  var userName: String? { place.userName }
  var password: String? { place.password }
  var host: String { place.host }
  /// Its own, or that of the scheme.
  var port: UInt16 { place.port ?? scheme.port }
}
