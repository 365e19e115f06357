import WireBytes

/// The properties of a packet, a view of them as they stand on the wire [MQTT5 2.2.2].
///
/// Those of a decoded packet have been checked, all of them. `next()` reads them one by one, in
/// their order; a copy of the view reads them again.
@frozen
public struct Properties: ~Escapable, BitwiseCopyable {
  /// The properties that have not been read yet, without the Property Length.
  public var bytes: Span<UInt8>

  /// No properties.
  @inlinable
  @_lifetime(immortal)
  public init() { bytes = Span() }

  /// The properties that `Property.encode` has written to `bytes`. Encoding a packet checks them,
  /// but for a PUBLISH: that is written too often, with what was checked when it came.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) { self.bytes = bytes }

  /// The same properties, or none.
  @inlinable
  @_lifetime(copy properties)
  public init(_ properties: Properties?) {
    if let properties { bytes = properties.bytes } else { bytes = Span() }
  }

  /// Whether there are none (left).
  @inlinable public var isEmpty: Bool { bytes.isEmpty }

  /// How many properties there are (left); what follows a malformed one does not count.
  public var count: Int {
    var rest = self
    var count = 0
    while rest.skip() { count += 1 }
    return count
  }

  /// The next property; nil after the last one. Throws where it is malformed, which never happens
  /// in a packet that was decoded.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func next() throws(CodecError) -> Property? {
    if bytes.isEmpty { return nil }
    var reader = FieldReader(bytes)
    let property = try reader.property()
    bytes = reader.rest()
    return property
  }

  /// Whether there was one more property.
  @_lifetime(self: copy self)
  private mutating func skip() -> Bool {
    do { return try next() != nil } catch { return false }
  }

  /// Throws unless all may stand at `place`, none too often, each with a value that is allowed.
  /// Returns which there are.
  @discardableResult
  public func check(for place: PropertyPlace) throws(CodecError) -> PropertySet {
    var rest = self
    var seen = PropertySet()
    while let property = try rest.next() {
      let identifier = property.identifier
      guard identifier.isAllowed(in: place) else { throw .misplacedProperty }
      guard seen.insert(identifier) || identifier.isRepeatable(in: place) else {
        throw .repeatedProperty
      }
      try property.checkText()
    }
    // [MQTT5 3.1.2.11.10]
    guard !seen.contains(.authenticationData) || seen.contains(.authenticationMethod) else {
      throw .missingProperty
    }
    return seen
  }

  /// How many octets they take with their Property Length; 0 where the version has none.
  @inlinable
  func fieldSize(version: ProtocolVersion) -> Int {
    version == .mqtt50 ? VariableByteInteger.encodedSize(bytes.count) &+ bytes.count : 0
  }
}

extension FieldReader {
  /// Reads Property Length and properties, and checks them; none where the version has none.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func properties(
    of place: PropertyPlace, version: ProtocolVersion
  ) throws(CodecError) -> Properties {
    guard version == .mqtt50 else { return Properties() }
    let properties = Properties(try bytes(try variableByteInteger()))
    try properties.check(for: place)
    return properties
  }
}

extension OutputRawSpan {
  /// Appends Property Length and properties; the caller has checked the room.
  @_lifetime(self: copy self)
  mutating func append(_ properties: Properties, version: ProtocolVersion) {
    guard version == .mqtt50 else { return }
    // [MQTT5-2.2.2-1] [MQTT5-1.5.5-1]
    append(variableByteInteger: properties.bytes.count)
    append(bytes: properties.bytes)
  }
}
