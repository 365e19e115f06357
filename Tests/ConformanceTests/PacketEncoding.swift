extension Packet {
  /// The octets, with the fixed header. Wrong values are written as they are: a test may want them.
  func encoded(_ version: Version) -> [UInt8] {
    var body: [UInt8] = []
    if kind == .connect { body += encodedLogin(version) }
    if kind == .publish { body.appendText(topic) }
    if kind.hasIdentifier || qos > 0 { body.appendBig(UInt32(identifier), 2) }
    if kind == .connack { body.append(isSessionPresent ? 1 : 0) }
    if kind.hasCode { body.append(code) }
    if version == .v50, kind != .connect, kind != .pingreq, kind != .pingresp {
      body.append(properties)
    }
    for filter in filters {
      body.appendText(filter.text)
      if kind == .subscribe { body.append(filter.options) }
    }
    body += codes
    body += payload
    shorten(&body, version)
    var packet = [kind.rawValue << 4 | flags]
    packet.appendVariable(UInt32(body.count))
    return packet + body
  }

  private var flags: UInt8 {
    guard kind == .publish else { return kind.flags }
    return (isDuplicate ? 8 : 0) | qos << 1 | (isRetained ? 1 : 0)
  }

  /// Leaves away what may be left away: an empty property length, then a code of 0.
  private func shorten(_ body: inout [UInt8], _ version: Version) {
    guard kind.hasCode, kind != .connack else { return }
    if version == .v50 {
      guard properties.isEmpty else { return }
      body.removeLast()
      if code == 0 { body.removeLast() }
    } else {
      body.removeLast()
    }
  }

  private func encodedLogin(_ version: Version) -> [UInt8] {
    var body: [UInt8] = []
    body.appendText(
      version == .v31 && login.name == Array("MQTT".utf8) ? Array("MQIsdp".utf8) : login.name)
    body.append(login.level ?? version.rawValue)
    body.append(login.flags ?? loginFlags)
    body.appendBig(UInt32(login.keepAlive), 2)
    if version == .v50 { body.append(properties) }
    body.appendText(login.clientID)
    if let will = login.will {
      if version == .v50 { body.append(will.properties) }
      body.appendText(will.topic)
      body.appendText(will.payload)
    }
    if let userName = login.userName { body.appendText(userName) }
    if let password = login.password { body.appendText(password) }
    return body
  }

  private var loginFlags: UInt8 {
    var flags: UInt8 = login.isCleanStart ? 2 : 0
    if let will = login.will { flags |= 4 | will.qos << 3 | (will.isRetained ? 0x20 : 0) }
    if login.userName != nil { flags |= 0x80 }
    if login.password != nil { flags |= 0x40 }
    return flags
  }
}

extension [UInt8] {
  /// The last `count` octets of a number, the highest first.
  mutating func appendBig(_ value: UInt32, _ count: Int) {
    for place in (0..<count).reversed() {
      append(UInt8(truncatingIfNeeded: value >> (8 * UInt32(place))))
    }
  }

  mutating func appendVariable(_ value: UInt32) {
    var rest = value
    repeat {
      append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
  }

  mutating func appendText(_ text: [UInt8]) {
    appendBig(UInt32(text.count), 2)
    self += text
  }

  mutating func append(_ properties: [Property]) {
    var bytes: [UInt8] = []
    for property in properties {
      bytes.append(property.name.number)
      bytes.append(property)
    }
    appendVariable(UInt32(bytes.count))
    self += bytes
  }

  private mutating func append(_ property: Property) {
    switch (property.value, property.name.form) {
    case (.number(let value), .one): appendBig(value, 1)
    case (.number(let value), .two): appendBig(value, 2)
    case (.number(let value), .variable): appendVariable(value)
    case (.number(let value), _): appendBig(value, 4)
    case (.bytes(let bytes), _): appendText(bytes)
    case (.pair(let key, let value), _):
      appendText(key)
      appendText(value)
    }
  }
}
