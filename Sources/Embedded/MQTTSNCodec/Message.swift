/// Any message of MQTT-SN 1.2, as views into the datagram [SN 5.4].
@frozen
public enum Message: ~Escapable {
  /// ADVERTISE
  case advertise(Advertise)
  /// SEARCHGW
  case searchGateway(SearchGateway)
  /// GWINFO
  case gatewayInfo(GatewayInfo)
  /// CONNECT
  case connect(Connect)
  /// CONNACK
  case connack(Connack)
  /// WILLTOPICREQ
  case willTopicRequest(WillTopicRequest)
  /// WILLTOPIC
  case willTopic(WillTopic)
  /// WILLMSGREQ
  case willMessageRequest(WillMessageRequest)
  /// WILLMSG
  case willMessage(WillMessage)
  /// REGISTER
  case register(Register)
  /// REGACK
  case regack(Regack)
  /// PUBLISH
  case publish(Publish)
  /// PUBACK
  case puback(Puback)
  /// PUBCOMP
  case pubcomp(Pubcomp)
  /// PUBREC
  case pubrec(Pubrec)
  /// PUBREL
  case pubrel(Pubrel)
  /// SUBSCRIBE
  case subscribe(Subscribe)
  /// SUBACK
  case suback(Suback)
  /// UNSUBSCRIBE
  case unsubscribe(Unsubscribe)
  /// UNSUBACK
  case unsuback(Unsuback)
  /// PINGREQ
  case pingreq(Pingreq)
  /// PINGRESP
  case pingresp(Pingresp)
  /// DISCONNECT
  case disconnect(Disconnect)
  /// WILLTOPICUPD
  case willTopicUpdate(WillTopicUpdate)
  /// WILLTOPICRESP
  case willTopicResponse(WillTopicResponse)
  /// WILLMSGUPD
  case willMessageUpdate(WillMessageUpdate)
  /// WILLMSGRESP
  case willMessageResponse(WillMessageResponse)
  /// The forwarder encapsulation; its inner datagram is not decoded.
  case encapsulated(ForwarderEnvelope)

  /// Decodes a datagram that holds exactly one message, or one envelope.
  ///
  /// Errors: those that are the peer's. The datagram is then to be dropped and counted.
  @inlinable
  @_lifetime(copy datagram)
  public static func decode(_ datagram: Span<UInt8>) throws(CodecError) -> Message {
    // The Length of an envelope does not cover the message in it: no frame could be opened.
    if ForwarderEnvelope.isEnvelope(datagram) {
      return .encapsulated(try ForwarderEnvelope(datagram))
    }
    let frame = try Frame(datagram)
    // The hot one is inlined; a table of 27 costs it more than this comparison.
    if frame.type == .publish { return .publish(try Publish(body: frame.body)) }
    return try decode(frame.type, frame.body)
  }

  /// Decodes what is no PUBLISH.
  @usableFromInline
  @_lifetime(copy body)
  static func decode(
    _ type: MessageType, _ body: Span<UInt8>
  ) throws(CodecError) -> Message {
    switch type {
    case .advertise: return .advertise(try Advertise(body: body))
    case .searchGateway: return .searchGateway(try SearchGateway(body: body))
    case .gatewayInfo: return .gatewayInfo(try GatewayInfo(body: body))
    case .connect: return .connect(try Connect(body: body))
    case .connack: return .connack(try Connack(body: body))
    case .willTopicRequest: return .willTopicRequest(try WillTopicRequest(body: body))
    case .willTopic: return .willTopic(try WillTopic(body: body))
    case .willMessageRequest: return .willMessageRequest(try WillMessageRequest(body: body))
    case .willMessage: return .willMessage(try WillMessage(body: body))
    case .register: return .register(try Register(body: body))
    case .regack: return .regack(try Regack(body: body))
    case .puback: return .puback(try Puback(body: body))
    case .pubcomp: return .pubcomp(try Pubcomp(body: body))
    case .pubrec: return .pubrec(try Pubrec(body: body))
    case .pubrel: return .pubrel(try Pubrel(body: body))
    case .subscribe: return .subscribe(try Subscribe(body: body))
    case .suback: return .suback(try Suback(body: body))
    case .unsubscribe: return .unsubscribe(try Unsubscribe(body: body))
    case .unsuback: return .unsuback(try Unsuback(body: body))
    case .pingreq: return .pingreq(try Pingreq(body: body))
    case .pingresp: return .pingresp(try Pingresp(body: body))
    case .disconnect: return .disconnect(try Disconnect(body: body))
    case .willTopicUpdate: return .willTopicUpdate(try WillTopicUpdate(body: body))
    case .willTopicResponse: return .willTopicResponse(try WillTopicResponse(body: body))
    case .willMessageUpdate: return .willMessageUpdate(try WillMessageUpdate(body: body))
    case .willMessageResponse: return .willMessageResponse(try WillMessageResponse(body: body))
    default: throw .unknownType
    }
  }
}
