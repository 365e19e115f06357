import WireBytes

/// WILLTOPICUPD: a new will topic, or that the will is deleted [SN 5.4.22].
@frozen
public struct WillTopicUpdate: EncodableMessage, ~Escapable {
  /// What replaces the will topic; no will deletes will topic and will message.
  public let willTopic: WillTopic

  /// A WILLTOPICUPD with the fields of that WILLTOPIC.
  @inlinable
  @_lifetime(copy willTopic)
  public init(_ willTopic: WillTopic) { self.willTopic = willTopic }

  /// Decodes the body of a WILLTOPICUPD. Errors as in `WillTopic`.
  @inlinable
  @_lifetime(copy body)
  public init(body: Span<UInt8>) throws(CodecError) { willTopic = try WillTopic(body: body) }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .willTopicUpdate }
  /// The octets of the body.
  @inlinable public var bodySize: Int { willTopic.bodySize }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) { willTopic.appendBody(to: &output) }
}

/// WILLMSGUPD: a new will message [SN 5.4.23].
@frozen
public struct WillMessageUpdate: EncodableMessage, ~Escapable {
  /// The payload of the will; may be empty.
  public let payload: Span<UInt8>

  /// A WILLMSGUPD with that payload.
  @inlinable
  @_lifetime(copy payload)
  public init(payload: Span<UInt8>) { self.payload = payload }

  /// Decodes the body of a WILLMSGUPD.
  @inlinable
  @_lifetime(copy body)
  public init(body: Span<UInt8>) throws(CodecError) { payload = body }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .willMessageUpdate }
  /// The octets of the body.
  @inlinable public var bodySize: Int { payload.count }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) { output.append(bytes: payload) }
}

/// WILLTOPICRESP: the answer to WILLTOPICUPD [SN 5.4.24].
@frozen
public struct WillTopicResponse: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// Whether the update was accepted.
  public var returnCode: ReturnCode

  /// A WILLTOPICRESP with that code.
  @inlinable
  public init(returnCode: ReturnCode) { self.returnCode = returnCode }

  /// Decodes the body of a WILLTOPICRESP. Octets after the code are let pass: RSMB sends one.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) {
    guard body.count >= 1 else { throw .truncated }
    self.init(returnCode: ReturnCode(rawValue: body[0]))
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .willTopicResponse }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 1 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) { output.append(returnCode.rawValue) }
}

/// WILLMSGRESP: the answer to WILLMSGUPD [SN 5.4.25].
@frozen
public struct WillMessageResponse: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// Whether the update was accepted.
  public var returnCode: ReturnCode

  /// A WILLMSGRESP with that code.
  @inlinable
  public init(returnCode: ReturnCode) { self.returnCode = returnCode }

  /// Decodes the body of a WILLMSGRESP. Octets after the code are let pass: RSMB sends one.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) {
    guard body.count >= 1 else { throw .truncated }
    self.init(returnCode: ReturnCode(rawValue: body[0]))
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .willMessageResponse }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 1 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) { output.append(returnCode.rawValue) }
}
