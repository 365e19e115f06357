import MQTTCodec
import SessionLink

// What the peer is told before the connection closes, where its version has words for it.
extension Connection {
  /// Writes the CONNACK that refuses the peer [MQTT-3.2.2-5] [MQTT5-3.2.2-7] [MQTT5-4.12.0-4].
  @_lifetime(output: copy output)
  public func encodeRefusal(
    _ refusal: Refusal, into output: inout OutputRawSpan
  ) throws(CodecError) {
    if version == .mqtt50 {
      try encodeConnack(refusal.reasonCode, into: &output)
    } else {
      try encodeConnack(refusal.returnCode.reasonCode, into: &output)
    }
  }

  /// What the CONNACK says that refuses the peer.
  public func octet(of refusal: Refusal) -> UInt8 {
    version == .mqtt50 ? refusal.reasonCode.rawValue : refusal.returnCode.rawValue
  }

  /// Writes what tells the peer that the connection ends for a reason of its own: a CONNACK
  /// [MQTT5-3.1.4-1], a DISCONNECT [MQTT5-4.13.2-1], or nothing.
  @_lifetime(output: copy output)
  public func encodeFarewell(
    _ reason: CloseReason, into output: inout OutputRawSpan
  ) throws(CodecError) {
    let isOpening = phase != .connected
    if version != .mqtt50 {
      // [MQTT-3.2.2-6] nothing where no code fits.
      guard isOpening, let code = reason.returnCode else { return }
      try encodeConnack(code.reasonCode, into: &output)
    } else if let code = reason.reasonCode {
      if isOpening, code.isAllowed(in: .connack) {
        try encodeConnack(code, into: &output)
      } else {
        try encodeDisconnect(code, into: &output)
      }
    }
  }

  /// Writes what tells the peer that the hub has closed the connection; before 5.0 nothing.
  @_lifetime(output: copy output)
  public func encodeFarewell(
    _ ejection: Ejection, into output: inout OutputRawSpan
  ) throws(CodecError) {
    guard version == .mqtt50, phase == .connected else { return }
    try encodeDisconnect(ejection.reasonCode, into: &output)
  }

  @_lifetime(output: copy output)
  private func encodeConnack(
    _ code: ReasonCode, into output: inout OutputRawSpan
  ) throws(CodecError) {
    // [MQTT-3.2.2-4] [MQTT5-3.2.2-6]
    try Connack(isSessionPresent: false, reasonCode: code)
      .encode(into: &output, version: version)
  }

  @_lifetime(output: copy output)
  private func encodeDisconnect(
    _ code: ReasonCode, into output: inout OutputRawSpan
  ) throws(CodecError) {
    // [MQTT5-3.14.0-1] only after the CONNACK; [MQTT5-3.14.2-3] [MQTT5-3.14.2-4] just the code.
    guard phase == .connected else { return }
    try Disconnect(code).encode(into: &output, version: version)
  }
}

extension Refusal {
  /// In CONNACK before 5.0 [MQTT 3.2.2.3].
  var returnCode: ConnectReturnCode {
    switch self {
    // [MQTT-3.1.3-8], [MQTT-3.1.3-9]
    case .clientIdentifierNotValid: .identifierRejected
    case .notAuthorized, .badUserNameOrPassword, .unknownUser, .wrongPassword,
      .badAuthenticationMethod:
      .notAuthorized
    case .quotaExceeded, .busy, .payloadFormatInvalid: .serverUnavailable
    }
  }

  /// In CONNACK of 5.0 [MQTT5-3.2.2-8].
  var reasonCode: ReasonCode {
    switch self {
    // [MQTT5-3.1.3-8]
    case .clientIdentifierNotValid: .clientIdentifierNotValid
    case .notAuthorized, .badUserNameOrPassword, .unknownUser, .wrongPassword: .notAuthorized
    // [MQTT5-4.12.0-1]
    case .badAuthenticationMethod: .badAuthenticationMethod
    case .payloadFormatInvalid: .payloadFormatInvalid
    case .quotaExceeded: .quotaExceeded
    case .busy: .serverBusy
    }
  }
}

extension Ejection {
  /// In DISCONNECT [MQTT5-3.14.2-1].
  var reasonCode: ReasonCode {
    switch self {
    // [MQTT5-3.1.4-3]
    case .takenOver: .sessionTakenOver
    case .protocolError: .protocolError
    case .receiveMaximumExceeded: .receiveMaximumExceeded
    case .topicNameInvalid: .topicNameInvalid
    case .notAuthorized: .notAuthorized
    case .shuttingDown: .serverShuttingDown
    }
  }
}
