import Glibc
import MQTTClient
import MQTTCodec
import MQTTTerms
import Reactor
import SecureStreams
import Slabs
import Streams

/// Why a client could not open its connection.
public enum OpeningError: Error {
  /// The network's or the system's doing.
  case system(SystemError)
  /// The settings': they make no CONNECT.
  case settings(ClientError)
  /// A signal has come first.
  case interrupted
  /// The time is over.
  case timedOut
}

extension ClientStream {
  /// Connects to the first address of `host` that answers, or has the proxy do so, and sends CONNECT.
  /// Gives up at `limit` (milliseconds of the monotonic clock). The name look-up itself may block for
  /// seconds.
  public mutating func open(
    host: String, port: UInt16, _ settings: ConnectSettings, until limit: UInt64?
  ) throws(OpeningError) {
    close()
    failure = nil
    failedLayer = nil
    do throws(OpeningError) {
      try reach(host, port, until: limit)
      try secure(host)
      try start(settings, authority: authority(host, port))
    } catch {
      close()
      throw error
    }
  }

  /// Connects the socket to the broker, by way of a proxy perhaps.
  private mutating func reach(
    _ host: String, _ port: UInt16, until limit: UInt64?
  ) throws(OpeningError) {
    if let path = transport.unixPath {
      do throws(SystemError) { try take(TCPStream.connect(toUnixPath: path)) } catch {
        throw .system(error)
      }
      try watchReading()
    } else if let proxy = transport.proxy {
      try connect(host: proxy.host, port: proxy.port, until: limit)
      try pass(proxy, to: host, port: port, until: limit)
    } else {
      try connect(host: host, port: port, until: limit)
    }
  }

  /// How the broker is called in a request of WebSocket.
  private func authority(_ host: String, _ port: UInt16) -> String {
    if transport.unixPath != nil { return "localhost" }
    return "\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }

  /// Connects the socket to the first address of `host` that answers.
  private mutating func connect(
    host: String, port: UInt16, until limit: UInt64?
  ) throws(OpeningError) {
    let addresses: [SocketAddress]
    do { addresses = try SocketAddress.resolve(host: host, port: port) } catch {
      throw .system(error)
    }
    var last = SystemError("look up \(host)", code: ENOENT)
    for address in addresses {
      do throws(SystemError) {
        try take(TCPStream.connect(to: address, from: transport.sourceAddresses))
      } catch {
        last = error
        continue
      }
      guard let number = socket?.number else { continue }
      try awaitPeer(until: limit)
      guard let error = TCPStream.connectFailure(number, to: address) else {
        return try watchReading()
      }
      last = error
      socket = nil
    }
    throw .system(last)
  }

  /// Watches a socket that is to be connected.
  private mutating func take(_ descriptor: consuming Descriptor) throws(SystemError) {
    try loop.reactor.add(
      descriptor.number, token: ClientReactor.Token.peer, interest: .writable)
    socket = consume descriptor
  }

  private mutating func watchReading() throws(OpeningError) {
    guard let number = socket?.number else { return }
    do throws(SystemError) {
      try loop.reactor.modify(number, token: ClientReactor.Token.peer, interest: .readable)
    } catch { throw .system(error) }
  }

  /// Waits until something is ready of the peer.
  mutating func awaitPeer(until limit: UInt64?) throws(OpeningError) {
    while true {
      do { try loop.reactor.wait(timeoutMilliseconds: milliseconds(until: limit)) } catch {
        throw .system(error)
      }
      let (readiness, peer) = loop.readiness
      if readiness.contains(.signal) { throw .interrupted }
      if peer != nil { return }
      if let limit, limit <= MonotonicClock.now() { throw .timedOut }
    }
  }

  private mutating func secure(_ host: String) throws(OpeningError) {
    guard let context = transport.tls else { return }
    do throws(SystemError) {
      security.make(try ClientSecurity(context, host: host, &pool))
    } catch { throw .system(error) }
  }

  private mutating func start(
    _ settings: ConnectSettings, authority: String
  ) throws(OpeningError) {
    guard let number = socket?.number else { return }
    TCPStream.setNoDelay(number)
    if let path = transport.webSocketPath {
      frames.make(
        ClientFrames(
          authority: authority, path: path, settings.version == .mqtt31 ? .mqtt31 : .mqtt, &pool))
    }
    do throws(ClientError) {
      try settings.withConnect { (connect) throws(ClientError) in
        try output.withOutput(of: connect.encodedSize, from: &pool) {
          (output) throws(ClientError) in
          try client.connect(connect, into: &output, at: .now())
        }
      }
    } catch { throw .settings(error) }
  }

  /// Ends the Network Connection and forgets what was not sent.
  public mutating func close() {
    client.connectionLost()
    socket = nil
    output.removeAll(to: &pool)
    answerCount = 0
    frames = Seldom()
    security = Seldom()
    waitsForRoom = false
    tail = TailBuffer()
    hasBytes = false
  }

  /// Sends what the client owes and what waits, then DISCONNECT, in 5.0 with these properties, and
  /// closes when the broker has, or at `limit`. Where the client has ended the connection itself,
  /// what it owes is the farewell.
  public mutating func finish(
    until limit: UInt64, properties: PropertyList = PropertyList()
  ) {
    transmit()
    // What cannot be said with properties is said without: the will would come else.
    if !sayFarewell(properties) { _ = sayFarewell(PropertyList()) }
    let isSaid = pendingCount > 0
    closeFrames()
    // The broker may wait for the end before it closes.
    flush()
    var isFinishing = false
    while isSaid, let number = socket?.number, MonotonicClock.now() < limit {
      if pendingCount == 0, !isFinishing {
        TCPStream.finishSending(number)
        isFinishing = true
      }
      guard (try? wait(until: limit)) != nil else { break }
    }
    close()
    failure = nil
  }

  /// Queues a DISCONNECT; whether that was possible.
  private mutating func sayFarewell(_ properties: PropertyList) -> Bool {
    let octets = properties.octets
    do throws(ClientError) {
      // Fixed header, reason and Property Length take 10 octets at most.
      try output.withOutput(of: 10 + octets.count, from: &pool) { (output) throws(ClientError) in
        try client.disconnect(properties: Properties(octets.span), into: &output)
      }
      return true
    } catch { return false }
  }
}

extension TickTime {
  /// The monotonic clock as a client counts it.
  static func now() -> TickTime {
    TickTime(milliseconds: UInt32(truncatingIfNeeded: MonotonicClock.now()))
  }
}
