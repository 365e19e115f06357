/// Who a node is: compiled in.
public struct Identity {
  /// The client identifier.
  public let clientID: StaticString
  /// Where the temperature is published: `sensors/<id>/temperature`.
  public let topicName: StaticString

  /// A node of that name, and its topic.
  public init(clientID: StaticString, topicName: StaticString) {
    self.clientID = clientID
    self.topicName = topicName
  }
}

extension StaticString {
  /// The octets of the text, which are there forever.
  var octets: Span<UInt8> {
    @_lifetime(immortal) get {
      let span = unsafe Span(_unsafeStart: utf8Start, count: utf8CodeUnitCount)
      return unsafe _overrideLifetime(span, copying: ())
    }
  }
}
