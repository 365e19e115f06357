/// The return code of a CONNACK before 5.0 [MQTT 3.2.2.3].
@frozen
public enum ConnectReturnCode: UInt8, BitwiseCopyable, Sendable {
  /// Connection accepted.
  case accepted = 0
  /// The server does not support the level of the protocol that the client asked for.
  case unacceptableProtocolVersion = 1
  /// The Client Identifier is not allowed.
  case identifierRejected = 2
  /// The MQTT service is unavailable.
  case serverUnavailable = 3
  /// The User Name or Password is malformed.
  case badUserNameOrPassword = 4
  /// The client is not authorized to connect.
  case notAuthorized = 5

  /// The return code that comes nearest to a Reason Code of 5.0.
  public init(_ reasonCode: ReasonCode) {
    switch reasonCode {
    case .success: self = .accepted
    case .unsupportedProtocolVersion: self = .unacceptableProtocolVersion
    case .clientIdentifierNotValid: self = .identifierRejected
    case .badUserNameOrPassword: self = .badUserNameOrPassword
    case .notAuthorized, .banned, .badAuthenticationMethod: self = .notAuthorized
    default: self = .serverUnavailable
    }
  }

  /// The Reason Code of 5.0 that says the same.
  public var reasonCode: ReasonCode {
    switch self {
    case .accepted: .success
    case .unacceptableProtocolVersion: .unsupportedProtocolVersion
    case .identifierRejected: .clientIdentifierNotValid
    case .serverUnavailable: .serverUnavailable
    case .badUserNameOrPassword: .badUserNameOrPassword
    case .notAuthorized: .notAuthorized
    }
  }
}
