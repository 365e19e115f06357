import WireBytes

/// ADVERTISE: a gateway tells everybody that it is there [SN 5.4.1].
@frozen
public struct Advertise: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// The gateway, unique in its network.
  public var gatewayID: UInt8
  /// Seconds until the next ADVERTISE.
  public var duration: UInt16

  /// An ADVERTISE with these fields.
  @inlinable
  public init(gatewayID: UInt8, duration: UInt16) {
    self.gatewayID = gatewayID
    self.duration = duration
  }

  /// Decodes the body of an ADVERTISE.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) {
    try requireBody(body, of: 3)
    self.init(gatewayID: body[0], duration: bigEndian(body, at: 1))
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .advertise }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 3 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    output.append(gatewayID)
    output.append(bigEndian: duration)
  }
}

/// SEARCHGW: a client looks for gateways [SN 5.4.2].
@frozen
public struct SearchGateway: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// How many hops the broadcast travels; 0 reaches all nodes.
  public var radius: UInt8

  /// A SEARCHGW with that radius.
  @inlinable
  public init(radius: UInt8) { self.radius = radius }

  /// Decodes the body of a SEARCHGW.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) {
    try requireBody(body, of: 1)
    self.init(radius: body[0])
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .searchGateway }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 1 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) { output.append(radius) }
}

/// GWINFO: the answer to SEARCHGW [SN 5.4.3].
@frozen
public struct GatewayInfo: EncodableMessage, ~Escapable {
  /// The gateway, unique in its network.
  public let gatewayID: UInt8
  /// The gateway's address; empty unless a client answers for the gateway.
  public let address: Span<UInt8>

  /// A GWINFO with these fields.
  @inlinable
  @_lifetime(copy address)
  public init(gatewayID: UInt8, address: Span<UInt8>) {
    self.gatewayID = gatewayID
    self.address = address
  }

  /// Decodes the body of a GWINFO.
  @inlinable
  @_lifetime(copy body)
  public init(body: Span<UInt8>) throws(CodecError) {
    guard body.count >= 1 else { throw .truncated }
    self.init(gatewayID: body[0], address: body.extracting(droppingFirst: 1))
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .gatewayInfo }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 1 + address.count }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    output.append(gatewayID)
    output.append(bytes: address)
  }
}
