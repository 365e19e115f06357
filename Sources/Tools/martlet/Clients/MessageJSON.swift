import MQTTTerms

extension MessageFields {
  /// The message as an object of JSON, in the form of Mosquitto 2.1. `nested`: with the payload as a
  /// value and not as text; nil where it is none.
  func json(nested: Bool, isPretty: Bool) -> [UInt8]? {
    guard let content = jsonPayload(nested: nested) else { return nil }
    let object = JSONItem.object()
    object.add("tst", .value(moment.json))
    object.add("topic", .text(topic))
    object.add("qos", .value("\(qos.rawValue)"))
    object.add("retain", .value(isRetained ? "true" : "false"))
    object.add("payloadlen", .value("\(payload.count)"))
    if qos != .atMostOnce { object.add("mid", .value("\(identifier.rawValue)")) }
    if !properties.isEmpty { object.add("properties", jsonProperties) }
    object.add("payload", content)
    return object.text(isPretty: isPretty)
  }

  private func jsonPayload(nested: Bool) -> JSONItem? {
    if payload.isEmpty { return .value("null") }
    return nested ? .reading(payload) : .text(payload)
  }

  private var jsonProperties: JSONItem {
    let object = JSONItem.object()
    var hasUsers = false
    for property in properties {
      guard property.field == MessageField.userProperties.rawValue else {
        let (name, isText) = Self.names[property.field] ?? ("", true)
        let text = String(decoding: property.value, as: UTF8.self)
        object.add(name, isText ? .text(property.value) : .value(text))
        continue
      }
      if !hasUsers { object.add("user-properties", jsonUserProperties) }
      hasUsers = true
    }
    return object
  }

  /// How the fields are called, and which of them are text.
  private static let names: [UInt8: (name: String, isText: Bool)] = [
    UInt8(ascii: "C"): ("content-type", true), UInt8(ascii: "D"): ("correlation-data", true),
    UInt8(ascii: "R"): ("response-topic", true),
    UInt8(ascii: "E"): ("message-expiry-interval", false),
    UInt8(ascii: "F"): ("payload-format-indicator", false),
    UInt8(ascii: "S"): ("subscription-identifier", false),
    UInt8(ascii: "A"): ("topic-alias", false),
  ]

  /// All of them in one array, since a name may come twice.
  private var jsonUserProperties: JSONItem {
    let array = JSONItem.array()
    for property in properties where property.field == MessageField.userProperties.rawValue {
      let pair = JSONItem.object()
      pair.add(String(decoding: property.key, as: UTF8.self), .text(property.value))
      array.append(pair)
    }
    return array
  }
}
