/// How much a JSON text may hold, found out before anything is allocated for it.
public struct JSONBounds: Sendable, Equatable {
  /// How deep arrays and objects may stand in each other.
  public var depth: Int
  /// How many values there may be.
  public var values: Int
  /// The octets of the text.
  public var octets: Int

  /// Those bounds.
  public init(depth: Int = 16, values: Int, octets: Int) {
    self.depth = depth
    self.values = values
    self.octets = octets
  }

  /// Why a text is not even looked at; nil for one that keeps to the bounds.
  public func fault(of text: [UInt8]) -> JSONFault? {
    guard text.count <= octets else { return .tooLong(octets) }
    var scan = Scan()
    for octet in text {
      scan.take(octet)
      if scan.depth > depth { return .tooDeep(depth) }
      if scan.values > values { return .tooManyValues(values) }
    }
    return nil
  }

  /// Counts brackets and commas outside of strings.
  private struct Scan {
    var depth = 0
    var values = 1
    private var isInString = false
    private var isEscaped = false

    mutating func take(_ octet: UInt8) {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if octet == UInt8(ascii: "\\") {
          isEscaped = true
        } else if octet == UInt8(ascii: "\"") {
          isInString = false
        }
        return
      }
      switch octet {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        values += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: ","): values += 1
      default: break
      }
    }
  }
}

/// Why a text is not taken as JSON.
public enum JSONFault: Error, Equatable, CustomStringConvertible {
  /// It has more octets than this.
  case tooLong(Int)
  /// Arrays and objects stand deeper in each other than this.
  case tooDeep(Int)
  /// It has more values than this.
  case tooManyValues(Int)
  /// It breaks the rules of JSON near the octet with this number, from 0.
  case malformed(at: Int)
  /// A string in it is no UTF-8.
  case noText

  /// What is wrong, without a full stop.
  public var description: String {
    switch self {
    case .tooLong(let limit): "it has more than \(limit) octets"
    case .tooDeep(let limit): "it is nested deeper than \(limit) levels"
    case .tooManyValues(let limit): "it has more than \(limit) values"
    case .malformed(let place): "it is no JSON near octet \(place)"
    case .noText: "it holds a string that is no UTF-8"
    }
  }
}
