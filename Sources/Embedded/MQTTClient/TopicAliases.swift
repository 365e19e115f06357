import MQTTCodec
import MQTTTerms

/// The Topic Names that the server's Topic Aliases stand for, one behind the other in `capacity`
/// octets: alias and length in two octets each, then the name [MQTT5 3.3.2.3.4].
struct TopicAliases<let capacity: Int>: ~Copyable {
  private var octets = InlineArray<capacity, UInt8>(repeating: 0)
  private var count = 0

  /// Lets the alias stand for that name from now on; false where there is no room for it.
  mutating func define(_ alias: UInt16, as name: Span<UInt8>) -> Bool {
    if let start = position(of: alias) { remove(at: start) }
    guard capacity - count >= 4 + name.count else { return false }
    append(alias)
    append(UInt16(truncatingIfNeeded: name.count))
    var index = 0
    while index < name.count {
      octets[count + index] = name[index]
      index += 1
    }
    count += name.count
    return true
  }

  /// Where the alias stands; nil where it stands for nothing.
  func position(of alias: UInt16) -> Int? {
    var start = 0
    while start < count {
      if number(at: start) == alias { return start }
      start += size(at: start)
    }
    return nil
  }

  /// The name at a position that `position` gave.
  @inline(__always)
  @_lifetime(borrow self)
  func name(at start: Int) -> Span<UInt8> {
    // Inlined before it is specialised: Embedded Swift 6.3 would else span a copy that is gone.
    octets.span.extracting(start + 4..<start + size(at: start))
  }

  mutating func removeAll() { count = 0 }

  private mutating func append(_ number: UInt16) {
    octets[count] = UInt8(number >> 8)
    octets[count + 1] = UInt8(number & 0xFF)
    count += 2
  }

  private mutating func remove(at start: Int) {
    let size = size(at: start)
    var index = start + size
    while index < count {
      octets[index - size] = octets[index]
      index += 1
    }
    count -= size
  }

  private func number(at index: Int) -> UInt16 {
    UInt16(octets[index]) << 8 | UInt16(octets[index + 1])
  }

  private func size(at start: Int) -> Int { 4 + Int(number(at: start + 2)) }
}

extension Client {
  /// The Topic Name of a message that has come: its own, or the one that its Topic Alias stands
  /// for.
  @inline(__always)
  @_lifetime(borrow self, copy message)
  public func topicName(of message: Publish) -> Span<UInt8> {
    guard message.header.topicName.isEmpty, let alias = topicAlias(of: message),
      let start = aliases.position(of: alias)
    else { return message.header.topicName }
    return aliases.name(at: start)
  }

  /// Learns or looks up the alias of a message; why the connection is to be closed where that fails.
  mutating func resolveTopicAlias(of message: Publish) -> CloseReason? {
    guard let alias = topicAlias(of: message) else { return nil }
    // [MQTT5-3.3.2-10] Up to the maximum, as far as there is room for their names.
    guard alias <= promises.topicAliasMaximum else { return .unexpectedTopicAlias }
    if message.header.topicName.isEmpty {
      return aliases.position(of: alias) == nil ? .malformed(.missingTopicName) : nil
    }
    return aliases.define(alias, as: message.header.topicName) ? nil : .tooManyAliases
  }

  func topicAlias(of message: Publish) -> UInt16? {
    var rest = message.header.properties
    do throws(CodecError) {
      while let property = try rest.next() {
        if case .topicAlias(let alias) = property { return alias }
      }
    } catch { return nil }
    return nil
  }
}
