import ClientIO
import CommandKit
import MQTTCodec

extension ClientOptions {
  static let retainAsPublished = CommandOption(
    "--retain-as-published",
    summary: "Show retained messages as retained whenever they come, in version 5.")
  static let retainHandling = CommandOption(
    "--retain-handling", value: .choice("WHEN", ["always", "new", "never"]),
    summary: "When the broker sends its retained messages: always, only to new subscriptions, or "
      + "never. Version 5.")

  /// The options that only version 5 has.
  private static var ofVersion5: [CommandOption] {
    [PropertyOptions.option, sessionExpiry, retainAsPublished, retainHandling]
  }

  /// The version that the options name or need, or else the usual one.
  static func protocolVersion(
    _ arguments: Arguments, usual: ProtocolVersion
  ) throws(UsageError) -> ProtocolVersion {
    let needed = ofVersion5.first { arguments.has($0) }
    switch arguments.value(version) {
    case nil: return needed == nil ? usual : .mqtt50
    case "5", "mqttv5": return .mqtt50
    case let older:
      if let needed { throw UsageError("\(needed.names[0]) needs version 5 (-V 5).") }
      return older?.hasSuffix("311") == true ? .mqtt311 : .mqtt31
    }
  }

  /// Throws where the farewell gives a session an expiry that it did not have [MQTT5 3.14.2.2.2].
  static func checkFarewell(
    _ farewell: PropertyList, after greeting: PropertyList
  ) throws(UsageError) {
    guard (farewell.sessionExpiry ?? 0) == 0 || (greeting.sessionExpiry ?? 0) != 0 else {
      throw UsageError("A session-expiry-interval of disconnect needs one of connect (-x).")
    }
  }

  /// What the options ask of a subscription.
  func subscriptionOptions(_ arguments: Arguments) -> SubscriptionOptions {
    var options = SubscriptionOptions(qos: qualityOfService)
    options.isRetainAsPublished = arguments.has(Self.retainAsPublished)
    switch arguments.value(Self.retainHandling) {
    case "new": options.retainHandling = .sendIfNew
    case "never": options.retainHandling = .doNotSend
    default: options.retainHandling = .send
    }
    return options
  }
}

extension PropertyList {
  fileprivate var sessionExpiry: UInt32? {
    var rest = Properties(octets.span)
    while let property = try? rest.next() {
      if case .sessionExpiryInterval(let seconds) = property { return seconds }
    }
    return nil
  }
}

/// How long the broker keeps a session of version 5 (`-x` and `-c`).
struct SessionExpiry {
  private let seconds: UInt32?
  /// Whether only `-c` says so.
  private let isImplied: Bool

  /// What the options say; without `-x` a session that is kept is kept for ever.
  init(_ arguments: Arguments, _ settings: ConnectSettings) throws(UsageError) {
    let word = arguments.value(ClientOptions.sessionExpiry)
    isImplied = word == nil
    switch word {
    case nil:
      let isKept = settings.version == .mqtt50 && !settings.isCleanSession
      seconds = isKept ? .max : nil
    case "-1", "∞": seconds = .max
    case let word?:
      seconds = try Self.seconds(word)
    }
    let isNamed = arguments.has(ClientOptions.id) || arguments.has(ClientOptions.idPrefix)
    guard isImplied || seconds != .max || isNamed else { throw Self.nameless }
  }

  private static func seconds(_ word: String) throws(UsageError) -> UInt32 {
    guard let number = Int(word) else {
      throw UsageError("session-expiry-interval not a number: \(word). Expected: seconds, or -1.")
    }
    guard let seconds = UInt32(exactly: number) else {
      throw UsageError(
        "session-expiry-interval out of range: \(word). Expected: 0 to 4294967295, or -1.")
    }
    return seconds
  }

  /// What is wrong with a session that is kept for ever for nobody.
  static let nameless = UsageError(
    "You must provide a client id if you are using an infinite session expiry interval "
      + "(-i or -I).")

  /// The properties of CONNECT with it.
  func extend(_ properties: PropertyList) throws(UsageError) -> PropertyList {
    var list = properties
    guard let seconds, seconds != 0 else { return list }
    if list.contains(.sessionExpiryInterval) {
      guard !isImplied else { return list }
      throw UsageError("-x and -D connect session-expiry-interval exclude each other.")
    }
    do throws(CodecError) { try list.append(.sessionExpiryInterval(seconds)) } catch {
      throw UsageError("Invalid session-expiry-interval (\(error)).")
    }
    return list
  }
}
