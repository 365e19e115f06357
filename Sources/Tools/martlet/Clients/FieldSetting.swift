import CommandKit
import Glibc

/// A letter of `-F`.
enum MessageField: UInt8 {
  case topic = 0x74  // t
  case payload = 0x70  // p
  case lowercaseHex = 0x78  // x
  case uppercaseHex = 0x58  // X
  case length = 0x6C  // l
  case qos = 0x71  // q
  case retained = 0x72  // r
  case identifier = 0x6D  // m
  case topicAlias = 0x41  // A
  case contentType = 0x43  // C
  case correlationData = 0x44  // D
  case expiry = 0x45  // E
  case payloadFormat = 0x46  // F
  case userProperties = 0x50  // P
  case responseTopic = 0x52  // R
  case subscriptionIdentifier = 0x53  // S
  case float = 0x66  // f
  case double = 0x64  // d
  case isoTime = 0x49  // I
  case unixTime = 0x55  // U
  case quotedJSON = 0x6A  // j
  case payloadJSON = 0x4A  // J

  /// What its setting means to it, as in Mosquitto.
  fileprivate var kind: FieldSetting.Kind {
    switch self {
    case .topic, .contentType, .responseTopic, .isoTime: .text
    case .payload, .length, .identifier, .topicAlias, .expiry, .payloadFormat,
      .subscriptionIdentifier, .lowercaseHex, .uppercaseHex, .float, .double:
      .number
    default: .fixed
    }
  }
}

/// How a field is set: its least width, its most octets, its side and its filler.
struct FieldSetting: Equatable {
  /// What of a setting a field takes.
  enum Kind {
    /// Width, side and limit; filled with blanks.
    case text
    /// Width, side, zeros; the limit means something else.
    case number
    /// Nothing.
    case fixed
  }

  var kind = Kind.fixed
  var width = 0
  /// The number behind the point: the most octets of a text, the digits of a group in hexadecimal,
  /// the decimals of a number.
  var limit: Int?
  /// What stands between groups of hexadecimal digits.
  var separator = UInt8(ascii: " ")
  var isLeft = false
  var isZeroFilled = false

  /// The same for that field.
  func fitting(_ field: MessageField) -> FieldSetting {
    var setting = self
    setting.kind = field.kind
    return setting
  }

  /// A value with its width and limit.
  func set(_ value: [UInt8]) -> [UInt8] {
    if kind == .fixed { return value }
    let kept = kind == .text ? Array(value.prefix(limit ?? .max)) : value
    let count = max(width - kept.count, 0)
    // Zeros behind a number would be part of it.
    let isZero = kind == .number && isZeroFilled && (!isLeft || kept.isEmpty)
    let filler = [UInt8](repeating: isZero ? 0x30 : 0x20, count: count)
    return isLeft ? kept + filler : filler + kept
  }

  /// Hexadecimal digits in groups of as many as the limit says, with separators between them.
  func grouped(_ digits: [UInt8]) -> [UInt8] {
    guard let limit, limit > 0 else { return digits }
    var grouped: [UInt8] = []
    for start in stride(from: 0, to: digits.count, by: limit) {
      if start > 0 { grouped.append(separator) }
      grouped += digits[start..<min(start + limit, digits.count)]
    }
    return grouped
  }
}

extension Double {
  /// The number with so many decimals (0 to 100).
  func text(decimals: Int) -> String {
    var room = [CChar](repeating: 0, count: 512)
    let count = withVaList([Int32(min(decimals, 100)), self]) {
      vsnprintf(&room, room.count, "%.*f", $0)
    }
    return String(
      decoding: room.prefix(max(Int(count), 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
