import ClientIO
import CommandKit
import Reactor

/// The options of `pub`, `sub` and `rr` about how the broker is reached.
enum TransportOptions {
  static let unix = CommandOption(
    "--unix", value: .file("PATH"), summary: "The broker's Unix socket, instead of -h and -p.",
    absence: "no socket path specified")
  static let webSocket = CommandOption("--ws", summary: "Speak MQTT over WebSocket.")
  static let source = CommandOption(
    "-A", value: .text("ADDRESS"), summary: "The own address to connect from.")
  static let noDelay = CommandOption(
    "--nodelay", summary: "Send small packets at once; they always are.")
  static let webSocketPath = CommandOption(
    "--ws-path", value: .text("PATH"), summary: "The path to ask for with --ws: /mqtt.")

  private static let lookup = CommandOption(
    "-S", summary: "Not supported: look up the broker by SRV records. Name it with -h and -p.")

  /// The rows of the tables.
  static let rows = [source, unix, webSocket, webSocketPath, ProxyOption.option, noDelay, lookup]

  /// What the options say.
  static func transport(
    _ arguments: Arguments, _ url: BrokerURL?, isSecure: Bool
  ) throws(UsageError) -> ClientTransport {
    guard !arguments.has(lookup) else {
      throw UsageError("-S (SRV records) is not supported: name the broker with -h and -p.")
    }
    var transport = ClientTransport()
    transport.unixPath = arguments.value(unix)
    transport.proxy = try ProxyOption.proxy(arguments)
    guard transport.unixPath == nil || transport.proxy == nil else {
      throw UsageError("--unix and --proxy exclude each other.")
    }
    let path = arguments.value(webSocketPath)
    let isWebSocket = arguments.has(webSocket) || url?.isWebSocket == true
    guard path == nil || isWebSocket else { throw UsageError("--ws-path needs --ws.") }
    transport.sourceAddresses = try sourceAddresses(arguments)
    if isWebSocket { transport.webSocketPath = try checked(path ?? "/mqtt") }
    guard isSecure else {
      SecurityOptions.warnWithoutTLS(arguments)
      return transport
    }
    transport.tls = try SecurityOptions.context(arguments)
    return transport
  }

  /// The addresses that `-A` names.
  private static func sourceAddresses(
    _ arguments: Arguments
  ) throws(UsageError) -> [SocketAddress] {
    guard let name = arguments.value(source) else { return [] }
    do throws(SystemError) { return try SocketAddress.resolve(host: name, port: 0) } catch {
      throw UsageError("Invalid address of -A: \(error).")
    }
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

  /// The exit status, and what to say, where TLS or WebSocket was not to be agreed on: trying again
  /// is of no use then.
  var handshakeEnding: (status: Int32, words: String)? {
    switch failedLayer {
    case .tls: (ClientStatus.tlsFailed, lossWords)
    case .webSocket: (ClientStatus.connectionLost, lossWords)
    case nil: nil
    }
  }
}
