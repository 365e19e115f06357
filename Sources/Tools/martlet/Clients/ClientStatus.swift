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
  static let tlsFailed: Int32 = 8
  static let notSupported: Int32 = 10
  static let notAnswered: Int32 = 19
  static let malformedPacket: Int32 = 21
  static let qosNotSupported: Int32 = 24
  static let packetTooLarge: Int32 = 25
  static let timedOut: Int32 = 27
  static let retainNotSupported: Int32 = 28
  static let topicAliasInvalid: Int32 = 29

  /// The rows of the manual page.
  static let rows = [
    ExitStatus(0, "Everything was done."),
    ExitStatus(1, "A wrong option, or no connection."),
    ExitStatus(
      5,
      "The broker refused the client; in general the return code of its CONNACK, in version 5 the "
        + "reason code of that or of its DISCONNECT, for example 135."),
    ExitStatus(7, "The connection was lost, or the server does not speak WebSocket."),
    ExitStatus(8, "TLS was not to be agreed on, for example because of the broker's certificate."),
    ExitStatus(19, "The broker did not answer in time."),
    ExitStatus(21, "The broker sent what is not MQTT; 2 and 25 are its other faults."),
    ExitStatus(
      24,
      "The broker does not take this quality of service; nor a packet so large with 25, retained "
        + "messages with 28, this topic alias with 29."),
  ]

  /// The rows where there is a time limit.
  static let rowsOfSub = rows + [ExitStatus(27, "The time of -W was over.")]
}

extension CloseReason {
  /// The exit status, and what to say, of a connection of that version that was ended by a packet
  /// with those properties.
  func ending(
    of version: ProtocolVersion, _ properties: Properties
  ) -> (status: Int32, words: String) {
    switch self {
    case .refused(let code) where version != .mqtt50:
      return ConnectReturnCode(code).ending
    case .refused(let code):
      return (
        Int32(code.rawValue),
        "Connection refused: \(code.words)\(properties.reasonInParentheses)."
      )
    case .disconnected(let code):
      return (
        code.isFailure ? Int32(code.rawValue) : ClientStatus.connectionLost,
        "The broker ended the connection: \(code.words)\(properties.reasonInParentheses)."
      )
    default: return ending
    }
  }

  private var ending: (status: Int32, words: String) {
    switch self {
    case .refused, .disconnected: (ClientStatus.connectionLost, "The connection was lost.")
    case .malformed(let error):
      (ClientStatus.malformedPacket, "The broker sent a malformed packet (\(error)).")
    case .unexpected(let type):
      (ClientStatus.protocolError, "The broker sent an unexpected packet (\(type)).")
    case .unexpectedReturnCodes, .unexpectedSession, .unexpectedMethod, .unexpectedTopicAlias:
      (ClientStatus.protocolError, "The broker broke the protocol (\(self)).")
    case .notAnswered: (ClientStatus.notAnswered, "The broker did not answer in time.")
    case .tooManyMessages:
      (ClientStatus.protocolError, "The broker has too many messages of QoS 2 in flight.")
    case .tooManyAliases:
      (ClientStatus.protocolError, "The broker's topic aliases take too much room.")
    case .packetTooLarge: (ClientStatus.packetTooLarge, "The broker sent an oversize packet.")
    }
  }
}

extension ConnectReturnCode {
  fileprivate var ending: (status: Int32, words: String) {
    (Int32(rawValue), "Connection refused: \(words).")
  }

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

extension ClientError {
  /// The exit status, and what to say, where that was not to be sent.
  func ending(of thing: String) -> (status: Int32, words: String) {
    switch self {
    case .qosNotSupported:
      (ClientStatus.qosNotSupported, "The broker does not take this QoS, try a lower one (-q).")
    case .retainNotSupported:
      (ClientStatus.retainNotSupported, "The broker retains no messages.")
    case .packetTooLarge:
      (ClientStatus.packetTooLarge, "The \(thing) is larger than the broker takes.")
    case .topicAliasInvalid:
      (ClientStatus.topicAliasInvalid, "The broker does not take this topic alias.")
    default: (ClientStatus.failed, "The \(thing) cannot be sent (\(self)).")
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
