import MQTTCodec
import MQTTTerms
import SessionLink
import Slabs

// DISCONNECT and AUTH from the peer.
extension Connection {
  @_lifetime(immortal)
  mutating func receive(_ disconnect: Disconnect) throws(CodecError) -> FurtherStep {
    // [MQTT-3.14.4-2], [MQTT-3.14.4-3]
    departure = .announced
    guard version == .mqtt50 else { return .close(.disconnected) }
    // [MQTT5-3.14.2-1]
    try disconnect.check(from: .client)
    if hasTooMany(disconnect.properties) { return .close(.tooManyProperties) }
    // [MQTT5-3.14.4-3] any other reason lets the will out.
    departure.publishesWill = disconnect.reasonCode != .normalDisconnection
    var rest = disconnect.properties
    while let property = rest.nextChecked() {
      guard case .sessionExpiryInterval(let seconds) = property else { continue }
      guard sessionExpiry > 0 || seconds == 0 else {
        departure = .lost
        return .close(.sessionExpiryFromZero)
      }
      departure.sessionExpiry = seconds
    }
    return .close(.disconnected)
  }

  @_lifetime(copy auth)
  mutating func receive(_ auth: Auth) throws(CodecError) -> FurtherStep {
    try auth.check(from: .client)
    if hasTooMany(auth.properties) { return .close(.tooManyProperties) }
    var method: Span<UInt8>?
    var data = Span<UInt8>()
    var rest = auth.properties
    while let property = rest.nextChecked() {
      switch property {
      case .authenticationMethod(let name): method = name
      case .authenticationData(let octets): data = octets
      default: break
      }
    }
    // [MQTT5-4.12.0-5], [MQTT5-4.12.0-6], [MQTT5-4.12.0-7], [MQTT5-4.12.1-1]
    guard let method, !authenticationMethod.isEmpty,
      isSameName(method, authenticationMethod.span)
    else { return .close(.authenticationOutOfPlace) }
    let isAgain = auth.reasonCode == .reauthenticate
    guard isAgain ? phase == .connected : phase == .authenticating || isAuthenticatingAgain else {
      return .close(.unexpectedPacket)
    }
    isAuthenticatingAgain = isAgain || isAuthenticatingAgain
    return .event(
      .authenticate(
        AuthenticationStep(method: method, data: data, isReauthentication: isAgain)))
  }
}
