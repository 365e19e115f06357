import Glibc
import Reactor
import SOCKS
import Streams

/// A SOCKS 5 proxy between a client and its broker.
public struct ClientProxy: Sendable, Equatable {
  /// The proxy's name or address.
  public var host: String
  /// Its port.
  public var port: UInt16
  /// Who asks; nil where nobody in particular does.
  public var login: SOCKSLogin?

  /// The proxy there.
  public init(host: String, port: UInt16, login: SOCKSLogin?) {
    self.host = host
    self.port = port
    self.login = login
  }

  /// How long its answers may take, in milliseconds.
  static let patience: UInt64 = 30_000
}

extension ClientStream {
  /// Has the proxy connect to `host`, whose name the proxy looks up. The socket is connected to the
  /// proxy.
  mutating func pass(
    _ proxy: ClientProxy, to host: String, port: UInt16, until limit: UInt64?
  ) throws(OpeningError) {
    guard
      var client = SOCKSClient(host: SOCKSHost(host), port: port, login: proxy.login)
    else { throw .system(SystemError("connect to \(host)", reason: "it is no name of a host")) }
    let ownLimit = MonotonicClock.now() + ClientProxy.patience
    do throws(OpeningError) { try talk(&client, until: min(limit ?? .max, ownLimit)) } catch {
      switch error {
      case .timedOut where ownLimit < limit ?? .max:
        throw .system(proxy.error("it does not answer"))
      case .system(let cause): throw .system(proxy.error(cause.reason))
      default: throw error
      }
    }
  }

  /// Sends what the client of the proxy says and takes the answers, until the way is open.
  private mutating func talk(
    _ client: inout SOCKSClient, until limit: UInt64
  ) throws(OpeningError) {
    var received: [UInt8] = []
    try send(client.request)
    while true {
      try awaitPeer(until: limit)
      received += try readPiece()
      var consumed = 0
      let step = client.receive(received.span, consumed: &consumed)
      // It has nothing to say before it is asked, and the broker neither.
      guard step == .needMore || received.count <= consumed || step.isFailure else {
        throw .system(SystemError("", reason: SOCKSFault.notSpoken.words))
      }
      switch step {
      case .needMore: continue
      case .connected: return
      case .failed(let fault): throw .system(SystemError("", reason: fault.words))
      case .answer:
        received = []
        try send(client.request)
      }
    }
  }

  /// Sends octets that a new socket has room for.
  private mutating func send(_ octets: [UInt8]) throws(OpeningError) {
    guard let number = socket?.number else { return }
    output.append(octets.span, from: &pool)
    switch output.flush(to: number, pool: &pool) {
    case .drained: break
    case .blocked: throw .system(SystemError("", reason: "it takes nothing"))
    case .failed(let code): throw .system(SystemError("", code: code))
    }
  }

  /// Reads once; no more than an answer.
  private mutating func readPiece() throws(OpeningError) -> [UInt8] {
    guard let number = socket?.number else { return [] }
    var piece = [UInt8](repeating: 0, count: SOCKSClient.longestAnswer)
    let result = piece.withUnsafeMutableBytes { TCPStream.read(number, into: $0) }
    switch result {
    case .bytes(let count): return Array(piece[..<count])
    case .wouldBlock: return []
    case .closed: throw .system(SystemError("", reason: "it has hung up"))
    case .failed(let code): throw .system(SystemError("", code: code))
    }
  }
}

extension ClientProxy {
  fileprivate func error(_ reason: String) -> SystemError {
    SystemError("pass the proxy \(host):\(port)", reason: reason)
  }
}

extension SOCKSStep {
  fileprivate var isFailure: Bool { if case .failed = self { true } else { false } }
}

extension SOCKSHost {
  /// An address where the text is one, or else a name.
  fileprivate init(_ text: String) {
    for (family, size) in [(AF_INET, 4), (AF_INET6, 16)] {
      var octets = [UInt8](repeating: 0, count: size)
      if inet_pton(family, text, &octets) == 1 {
        self = .address(octets)
        return
      }
    }
    self = .name(Array(text.utf8))
  }
}
