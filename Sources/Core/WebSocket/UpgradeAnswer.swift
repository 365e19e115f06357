import WireBytes

/// A server's answer to an opening handshake [RFC 6455 4.2.2].
public enum UpgradeAnswer {
  /// Enough room for any answer, in octets.
  public static var size: Int { 256 }

  /// Appends the 101 after which frames follow.
  public static func accept(
    _ accept: UpgradeAccept, _ subprotocol: Subprotocol, into output: inout OutputRawSpan
  ) {
    output.append(
      text: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
    output.append(text: "Sec-WebSocket-Accept: ")
    output.append(bytes: accept.characters.span)
    // [MQTT-6.0.0-4] [MQTT5-6.0.0-4]
    output.append(text: "\r\nSec-WebSocket-Protocol: ")
    output.append(text: subprotocol.name)
    output.append(text: "\r\n\r\n")
  }

  /// Appends the answer after which the connection is closed.
  public static func refuse(_ refusal: UpgradeRefusal, into output: inout OutputRawSpan) {
    output.append(text: "HTTP/1.1 ")
    output.append(text: status(refusal))
    output.append(text: "\r\nConnection: close\r\nContent-Length: 0\r\n")
    switch refusal {
    case .noWebSocket, .otherVersion:
      output.append(text: "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")
    default: break
    }
    output.append(text: "\r\n")
  }

  private static func status(_ refusal: UpgradeRefusal) -> StaticString {
    switch refusal {
    case .malformed, .incomplete, .noSubprotocol: "400 Bad Request"
    case .foreignOrigin: "403 Forbidden"
    case .noWebSocket, .otherVersion: "426 Upgrade Required"
    case .tooLong: "431 Request Header Fields Too Large"
    }
  }
}

extension OutputRawSpan {
  @_lifetime(self: copy self)
  mutating func append(text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { append(text.utf8Start[index]) }
  }
}
