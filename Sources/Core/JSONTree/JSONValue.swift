/// A JSON value [RFC 8259 3].
public enum JSONValue: Sendable, Equatable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number.
  case number(Double)
  /// A string.
  case text(String)
  /// An array.
  case array([JSONValue])
  /// An object, its members in order.
  case object([JSONMember])

  /// A number without a fraction.
  public static func integer(_ value: Int) -> JSONValue { .number(Double(value)) }

  /// An object of those members, without those that have no value.
  public static func record(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
    .object(members.compactMap { name, value in value.map { JSONMember(name, $0) } })
  }
}

/// A name and a value of an object.
public struct JSONMember: Sendable, Equatable {
  /// The name.
  public var name: String
  /// The value.
  public var value: JSONValue

  /// A member of those parts.
  public init(_ name: String, _ value: JSONValue) {
    self.name = name
    self.value = value
  }
}

extension JSONValue {
  /// The first member of that name, whatever the case of its ASCII letters, as Mosquitto looks for
  /// it; nil where this is no object or has none.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { isSameWord($0.name, name) }?.value
  }

  /// The string; nil for other values.
  public var text: String? { if case .text(let text) = self { text } else { nil } }

  /// The truth; nil for other values.
  public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }

  /// The number, without its fraction, and no further from 0 than fits; nil for other values.
  public var integer: Int? {
    guard case .number(let number) = self, !number.isNaN else { return nil }
    let limit = Double(Int32.max)
    return Int(min(max(number, -limit), limit))
  }

  /// The elements of an array; nil for other values.
  public var elements: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The members of an object; nil for other values.
  public var members: [JSONMember]? {
    if case .object(let members) = self { members } else { nil }
  }
}

/// Whether two words are the same but for the case of ASCII letters.
public func isSameWord(_ left: String, _ right: String) -> Bool {
  func lowered(_ octet: UInt8) -> UInt8 { (0x41...0x5A).contains(octet) ? octet | 0x20 : octet }
  return left.utf8.elementsEqual(right.utf8) { lowered($0) == lowered($1) }
}
