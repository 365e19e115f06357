import MQTTCodec
import MQTTTerms

extension Client {
  /// Appends an AUTH: the answer to `ClientEvent.authentication`, or with `reauthenticate` the
  /// start of another exchange on an accepted connection. Its properties name the method that was
  /// in CONNECT [MQTT5 4.12].
  @_lifetime(output: copy output)
  public mutating func authenticate(
    _ reasonCode: ReasonCode = .continueAuthentication, properties: Properties,
    into output: inout OutputRawSpan
  ) throws(ClientError) {
    guard phase != .disconnected, version == .mqtt50 else { throw .notConnected }
    // [MQTT5-4.12.0-5] [MQTT5-4.12.0-7] [MQTT5-4.12.1-1]
    guard promises.hasMethod, promises.isMethodKept(by: properties) else {
      throw .unexpectedMethod
    }
    // [MQTT5-4.12.0-3]
    guard reasonCode == .continueAuthentication || phase == .connected else {
      throw .malformedReason
    }
    let start = output.byteCount
    let packet = Auth(reasonCode, properties: properties)
    do throws(CodecError) {
      try packet.check(from: .client)
      try packet.encode(into: &output, version: version)
    } catch { throw ClientError(error) }
    try checkSize(&output, since: start)
    liveness.sent(at: clock)
  }

  /// Takes an AUTH of the server's.
  @_lifetime(copy auth)
  mutating func authenticationContinued(_ auth: Auth) throws(CodecError) -> ClientEvent {
    try auth.check(from: .server)
    // [MQTT5-4.12.0-5]
    guard promises.hasMethod, promises.isMethodKept(by: auth.properties) else {
      return close(.unexpectedMethod, auth.properties)
    }
    // Success of the first exchange is told by CONNACK.
    guard auth.reasonCode == .continueAuthentication || phase == .connected else {
      return close(.unexpected(.auth), auth.properties)
    }
    return .authentication(auth)
  }
}
