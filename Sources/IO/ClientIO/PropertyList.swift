import MQTTCodec

/// Properties of a packet that is still to be made, as they will stand on the wire [MQTT5 2.2.2].
public struct PropertyList: Sendable, Equatable {
  /// The encoded properties, without Property Length.
  public private(set) var octets: [UInt8] = []

  /// No properties.
  public init() {}

  /// Whether there are none.
  public var isEmpty: Bool { octets.isEmpty }

  /// Adds a property; throws where its value is not allowed. Whether it may stand in the packet is
  /// found out when the packet is made.
  public mutating func append(_ property: Property) throws(CodecError) {
    let size = property.encodedSize
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
    defer { bytes.deallocate() }
    var output = OutputRawSpan(buffer: bytes, initializedCount: 0)
    try property.encode(into: &output)
    let count = output.finalize(for: bytes)
    octets.append(contentsOf: bytes[..<count])
  }

  /// Whether a property of that kind is among them.
  public func contains(_ identifier: PropertyIdentifier) -> Bool {
    var rest = Properties(octets.span)
    while let property = try? rest.next() {
      if property.identifier == identifier { return true }
    }
    return false
  }

  /// Throws where a property may not stand there, or not so often.
  public func check(for place: PropertyPlace) throws(CodecError) {
    try Properties(octets.span).check(for: place)
  }
}
