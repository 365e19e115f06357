import WireBytes

/// How a PUBLISH names its topic: one of three separate number spaces [SN 5.3.11].
@frozen
public enum TopicReference: BitwiseCopyable, Sendable, Hashable {
  /// A topic id that the gateway assigned to this client.
  case normal(UInt16)
  /// A topic id that both sides know beforehand.
  case predefined(UInt16)
  /// A short topic name: its two octets, the first one high.
  case short(UInt16)

  /// The reference of a type and the two octets of a TopicId field.
  @inlinable
  public init(_ type: TopicIDType, rawValue: UInt16) {
    switch type {
    case .normal: self = .normal(rawValue)
    case .predefined: self = .predefined(rawValue)
    case .short: self = .short(rawValue)
    }
  }

  /// The short name `name`, or nil when it has not exactly two octets.
  @inlinable
  public init?(shortName name: Span<UInt8>) {
    guard name.count == 2 else { return nil }
    self = .short(bigEndian(name, at: 0))
  }

  /// Which kind of reference it is.
  @inlinable public var type: TopicIDType {
    switch self {
    case .normal: .normal
    case .predefined: .predefined
    case .short: .short
    }
  }

  /// The two octets of the TopicId field.
  @inlinable public var rawValue: UInt16 {
    switch self {
    case .normal(let value), .predefined(let value), .short(let value): value
    }
  }

  /// The two octets of a short name, first character first.
  @inlinable public var octets: InlineArray<2, UInt8> {
    [UInt8(truncatingIfNeeded: rawValue >> 8), UInt8(truncatingIfNeeded: rawValue)]
  }
}

/// Whether two octets can be a short topic name: well-formed UTF-8 without U+0000.
@usableFromInline
func isWellFormedShortName(_ value: UInt16) -> Bool {
  let octets = TopicReference.short(value).octets
  return isWellFormedString(octets.span)
}
