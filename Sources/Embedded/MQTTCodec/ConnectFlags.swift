import MQTTTerms
import WireBytes

/// The Connect Flags octet [MQTT 3.1.2.3].
struct ConnectFlags {
  var rawValue: UInt8

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(_ connect: borrowing Connect) {
    rawValue = connect.isCleanSession ? 0x02 : 0
    if let will = connect.will {
      rawValue |= 0x04 | will.qos.rawValue << 3 | (will.isRetained ? 0x20 : 0)
    }
    if connect.password != nil { rawValue |= 0x40 }
    if connect.userName != nil { rawValue |= 0x80 }
  }

  var isCleanSession: Bool { rawValue & 0x02 != 0 }
  var hasWill: Bool { rawValue & 0x04 != 0 }
  var willQoS: UInt8 { rawValue >> 3 & 3 }
  var isWillRetained: Bool { rawValue & 0x20 != 0 }
  var hasPassword: Bool { rawValue & 0x40 != 0 }
  var hasUserName: Bool { rawValue & 0x80 != 0 }

  /// Throws when flags contradict each other.
  func check(version: ProtocolVersion) throws(CodecError) {
    // 3.1 disregards the reserved flag, and the will's when there is none.
    if version != .mqtt31 {
      // [MQTT-3.1.2-3] [MQTT5-3.1.2-3]
      guard rawValue & 0x01 == 0 else { throw .malformedConnectFlags }
      // [MQTT-3.1.2-11] [MQTT-3.1.2-13] [MQTT-3.1.2-15] [MQTT5-3.1.2-11] [MQTT5-3.1.2-13]
      guard hasWill || rawValue & 0x38 == 0 else { throw .malformedConnectFlags }
    }
    // [MQTT-3.1.2-14] [MQTT5-3.1.2-12]
    guard !hasWill || willQoS != 3 else { throw .malformedQoS }
    // [MQTT-3.1.2-22] In 5.0 a Password may stand alone.
    guard hasUserName || !hasPassword || version == .mqtt50 else { throw .malformedConnectFlags }
  }
}
