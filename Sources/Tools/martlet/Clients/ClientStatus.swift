import ClientIO
import CommandKit
import MQTTClient
import MQTTCodec

/// The exit statuses of `pub` and `sub`: those of Mosquitto's tools.
enum ClientStatus {
  static let done: Int32 = 0
  static let failed: Int32 = 1
  static let protocolError: Int32 = 2
  static let connectionLost: Int32 = 7
  static let notAnswered: Int32 = 19
  static let malformedPacket: Int32 = 21
  static let packetTooLarge: Int32 = 25
  static let timedOut: Int32 = 27

  /// The rows of the manual page.
  static let rows = [
    ExitStatus(0, "Everything was done."),
    ExitStatus(1, "A wrong option, or no connection."),
    ExitStatus(5, "The broker refused the client; in general the return code of its CONNACK."),
    ExitStatus(7, "The connection was lost."),
    ExitStatus(19, "The broker did not answer in time."),
    ExitStatus(21, "The broker sent what is not MQTT; 2 and 25 are its other faults."),
  ]
}

extension CloseReason {
  /// The exit status, and what to say.
  var ending: (status: Int32, words: String) {
    switch self {
    case .refused(let code): (Int32(code.rawValue), "Connection refused: \(code.words).")
    case .malformed(let error):
      (ClientStatus.malformedPacket, "The broker sent a malformed packet (\(error)).")
    case .unexpected(let type):
      (ClientStatus.protocolError, "The broker sent an unexpected packet (\(type)).")
    case .unexpectedReturnCodes:
      (ClientStatus.protocolError, "The broker broke the protocol (\(self)).")
    case .notAnswered: (ClientStatus.notAnswered, "The broker did not answer in time.")
    case .tooManyMessages:
      (ClientStatus.protocolError, "The broker has too many messages of QoS 2 in flight.")
    case .packetTooLarge: (ClientStatus.packetTooLarge, "The broker sent an oversize packet.")
    }
  }
}

extension ConnectReturnCode {
  fileprivate var words: String {
    switch self {
    case .accepted: "accepted"
    case .unacceptableProtocolVersion: "unacceptable protocol version"
    case .identifierRejected: "identifier rejected"
    case .serverUnavailable: "broker unavailable"
    case .badUserNameOrPassword: "bad user name or password"
    case .notAuthorized: "not authorised"
    }
  }
}

extension OpeningError {
  /// The exit status, and what to say; nothing where a signal ended it.
  var ending: (status: Int32, words: String?) {
    switch self {
    case .system(let error): (ClientStatus.failed, "\(error).")
    case .settings(let error): (ClientStatus.failed, "The options make no CONNECT (\(error)).")
    case .interrupted: (ClientStatus.done, nil)
    case .timedOut: (ClientStatus.timedOut, "Timed out.")
    }
  }
}
