import ClientIO
import CommandKit
import MQTTCodec

/// The properties of 5.0 that the command line gives (`-D`), by the packet that they go with.
struct PropertyOptions {
  static let option = CommandOption(
    "-D", "--property",
    value: .words(["COMMAND", "NAME", "VALUE", "VALUE"], lastOnlyAfter: "user-property"),
    summary: "A property of version 5 for a COMMAND: connect, publish, subscribe, unsubscribe, "
      + "disconnect or will. A user-property has two values, its name and what it is. Repeatable.",
    absence: "not enough arguments specified")

  private static let places: [(name: String, place: PropertyPlace)] = [
    ("connect", .connect), ("publish", .publish), ("subscribe", .subscribe),
    ("unsubscribe", .unsubscribe), ("disconnect", .disconnect), ("will", .will),
  ]

  private static let names: [(name: String, identifier: PropertyIdentifier)] = [
    ("authentication-data", .authenticationData),
    ("authentication-method", .authenticationMethod),
    ("content-type", .contentType),
    ("correlation-data", .correlationData),
    ("maximum-packet-size", .maximumPacketSize),
    ("message-expiry-interval", .messageExpiryInterval),
    ("payload-format-indicator", .payloadFormatIndicator),
    ("receive-maximum", .receiveMaximum),
    ("request-problem-information", .requestProblemInformation),
    ("request-response-information", .requestResponseInformation),
    ("response-topic", .responseTopic),
    ("session-expiry-interval", .sessionExpiryInterval),
    ("subscription-identifier", .subscriptionIdentifier),
    ("topic-alias", .topicAlias),
    ("topic-alias-maximum", .topicAliasMaximum),
    ("user-property", .userProperty),
    ("will-delay-interval", .willDelayInterval),
  ]

  private var lists: [PropertyPlace: PropertyList] = [:]

  /// Those of the command line.
  init(_ arguments: Arguments) throws(UsageError) {
    for words in arguments.words(Self.option) { try add(words) }
    for (name, place) in Self.places {
      do throws(CodecError) { try self[place].check(for: place) } catch {
        throw UsageError("The \(name) properties contradict each other (\(error)).")
      }
    }
  }

  /// The properties of a packet.
  subscript(place: PropertyPlace) -> PropertyList {
    get { lists[place] ?? PropertyList() }
    set { lists[place] = newValue }
  }

  /// Whether the command line gave any.
  var isEmpty: Bool { lists.isEmpty }

  private mutating func add(_ words: [String]) throws(UsageError) {
    guard let place = Self.places.first(where: { $0.name == words[0] })?.place else {
      throw UsageError("Invalid command given in --property argument: \(words[0]).")
    }
    guard let identifier = Self.names.first(where: { $0.name == words[1] })?.identifier else {
      throw UsageError("Invalid property name given in --property argument: \(words[1]).")
    }
    guard identifier.isAllowed(in: place) else {
      throw UsageError(
        "\(words[1]) property not allowed for \(words[0]) in --property argument.")
    }
    let value = PropertyValue(identifier, name: words[1], words: Array(words[2...]))
    try value.append(to: &self[place])
  }
}

/// A property in the words of the command line.
private struct PropertyValue {
  let identifier: PropertyIdentifier
  let name: String
  let words: [String]

  init(_ identifier: PropertyIdentifier, name: String, words: [String]) {
    self.identifier = identifier
    self.name = name
    self.words = words
  }

  /// Adds it; throws where the words make no value of its kind.
  func append(to list: inout PropertyList) throws(UsageError) {
    let first = Array(words[0].utf8), last = Array((words.last ?? "").utf8)
    let number: UInt32
    switch identifier {
    case .contentType: return try add(.contentType(first.span), to: &list)
    case .responseTopic: return try add(.responseTopic(first.span), to: &list)
    case .correlationData: return try add(.correlationData(first.span), to: &list)
    case .authenticationMethod: return try add(.authenticationMethod(first.span), to: &list)
    case .authenticationData: return try add(.authenticationData(first.span), to: &list)
    case .userProperty:
      return try add(.userProperty(name: first.span, value: last.span), to: &list)
    default: number = try self.number()
    }
    try add(property(number), to: &list)
  }

  @_lifetime(immortal)
  private func property(_ number: UInt32) -> Property {
    switch identifier {
    case .payloadFormatIndicator: .payloadFormatIndicator(isText: number == 1)
    case .requestProblemInformation: .requestProblemInformation(number == 1)
    case .requestResponseInformation: .requestResponseInformation(number == 1)
    case .receiveMaximum: .receiveMaximum(UInt16(clamping: number))
    case .topicAlias: .topicAlias(UInt16(clamping: number))
    case .topicAliasMaximum: .topicAliasMaximum(UInt16(clamping: number))
    case .messageExpiryInterval: .messageExpiryInterval(number)
    case .willDelayInterval: .willDelayInterval(number)
    case .maximumPacketSize: .maximumPacketSize(number)
    case .subscriptionIdentifier: .subscriptionIdentifier(number)
    default: .sessionExpiryInterval(number)
    }
  }

  private func number() throws(UsageError) -> UInt32 {
    guard let number = Int(words[0]), range.contains(number) else {
      throw UsageError(
        "Property value (\(words[0])) out of range for property \(name). Expected: a number from "
          + "\(range.lowerBound) to \(range.upperBound).")
    }
    return UInt32(clamping: number)
  }

  private var range: ClosedRange<Int> {
    switch identifier {
    case .payloadFormatIndicator, .requestProblemInformation, .requestResponseInformation: 0...1
    case .receiveMaximum, .topicAlias: 1...65_535
    case .topicAliasMaximum: 0...65_535
    case .maximumPacketSize: 1...4_294_967_295
    case .subscriptionIdentifier: 1...268_435_455
    default: 0...4_294_967_295
    }
  }

  private func add(_ property: Property, to list: inout PropertyList) throws(UsageError) {
    do throws(CodecError) { try list.append(property) } catch {
      throw UsageError("Invalid value for property \(name) (\(error)).")
    }
  }
}
