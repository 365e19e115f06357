import ClientIO
import CommandKit

/// The options of `pub` and `sub` about how the broker is reached.
enum TransportOptions {
  static let unix = CommandOption(
    "--unix", value: .file("PATH"), summary: "The broker's Unix socket, instead of -h and -p.")
  static let webSocket = CommandOption("--ws", summary: "Speak MQTT over WebSocket.")
  static let webSocketPath = CommandOption(
    "--ws-path", value: .text("PATH"), summary: "The path to ask for with --ws: /mqtt.")

  /// The rows of the tables.
  static let rows = [unix, webSocket, webSocketPath]

  /// What the options say.
  static func transport(_ arguments: Arguments) throws(UsageError) -> ClientTransport {
    var transport = ClientTransport()
    transport.unixPath = arguments.value(unix)
    let path = arguments.value(webSocketPath)
    guard path == nil || arguments.has(webSocket) else {
      throw UsageError("--ws-path needs --ws.")
    }
    if arguments.has(webSocket) { transport.webSocketPath = try checked(path ?? "/mqtt") }
    return transport
  }

  /// A path as it may stand in a request.
  private static func checked(_ path: String) throws(UsageError) -> String {
    guard path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { throw UsageError("'\(path)' is no path of a URL.") }
    return path
  }
}

extension ClientStream {
  /// What to say of a connection that is lost: no more than that, unless the broker never spoke as
  /// it was asked to.
  var lossWords: String {
    guard let failure, failure.code == 0 else { return "The connection was lost." }
    return "\(failure)."
  }
}
