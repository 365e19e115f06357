import Glibc
import MQTTClient
import MQTTCodec
import MQTTTerms
import Reactor
import SecureStreams
import Streams

extension ClientStream {
  /// Sends what waits to be sent, then waits for the broker, the input, a signal, the client's own
  /// deadline or `limit` (milliseconds of the monotonic clock; 0 only looks). Ask `next` for what
  /// came before the next wait.
  public mutating func wait(until limit: UInt64?) throws(SystemError) -> ClientReadiness {
    discardBytes()
    let hadSocket = !isOver
    flush()
    if hadSocket, isOver { return [] }
    try loop.reactor.wait(timeoutMilliseconds: timeout(until: limit))
    let (readiness, peer) = loop.readiness
    if let peer {
      if peer.isWritable { flush() }
      if peer.isReadable { receive() }
    }
    client.advance(to: .now())
    transmit()
    return readiness
  }

  /// The next thing that has happened; its views are valid until the stream is used again. Nil:
  /// wait.
  @_lifetime(&self)
  public mutating func next() -> ClientEvent? {
    if let event = client.nextEvent() { return event }
    guard hasBytes else { return nil }
    repeat {
      // The buffer stands still until the stream is used again, which ends the event's life.
      let bytes = _overrideLifetime(buffer.bytes, copying: Span<UInt8>())
      if let event = client.receive(bytes, consumed: &consumed, at: .now()) {
        return complete(event)
      }
    } while transmit()
    discardBytes()
    return nil
  }

  /// The event, where it is a message with the name that its Topic Alias stands for.
  @_lifetime(copy event)
  private func complete(_ event: ClientEvent) -> ClientEvent {
    guard case .message(let message) = event, message.header.topicName.isEmpty else { return event }
    var header = message.header
    // It stands still as long as the received bytes do.
    header.topicName = _overrideLifetime(
      client.topicName(of: message), copying: message.header.topicName)
    return .message(Publish(header, payload: message.payload))
  }

  /// Keeps what the client has not taken of the received bytes for the next read.
  mutating func discardBytes() {
    guard hasBytes else { return }
    hasBytes = false
    buffer.finish(consumed: consumed, tail: &tail)
  }

  /// Queues what the client owes; whether there was anything, and the connection goes on.
  @discardableResult
  mutating func transmit() -> Bool {
    var didTransmit = false
    let before = output.pendingCount
    output.withOutput(of: 9 * ClientStream.window + 2, from: &pool) { output in
      didTransmit = client.nextTransmit(into: &output)
    }
    answerCount += output.pendingCount - before
    guard answerCount <= ClientStream.answerLimit else {
      lose(SystemError("write to the broker", reason: "it sends and does not read"))
      return false
    }
    return didTransmit
  }

  /// Sends as much as the network takes now; `wait` sends the rest.
  public mutating func flush() {
    guard let number = socket?.number else { return }
    switch send(to: number) {
    case .drained:
      answerCount = 0
      watch(number, forRoom: false)
    case .blocked: watch(number, forRoom: true)
    case .failed(let code): lose(SystemError("write to the broker", code: code))
    }
  }

  private mutating func send(to number: Int32) -> FlushResult {
    wrap()
    if security.isThere { return security[].outbound.flush(to: number, pool: &pool) }
    if frames.isThere { return frames[].outbound.flush(to: number, pool: &pool) }
    return output.flush(to: number, pool: &pool)
  }

  /// Puts what waits into frames and into records of TLS, where they are spoken.
  private mutating func wrap() {
    if frames.isThere { frames[].wrap(&output, &pool) }
    guard security.isThere else { return }
    if frames.isThere {
      security[].seal(&frames[].outbound, &pool)
    } else {
      security[].seal(&output, &pool)
    }
  }

  /// Writes the last word of what is between MQTT and the socket.
  mutating func closeFrames() {
    if frames.isThere {
      frames[].wrap(&output, &pool)
      frames[].close(&pool)
    }
    wrap()
    if security.isThere { security[].close(&pool) }
  }

  private mutating func watch(_ number: Int32, forRoom isNeeded: Bool) {
    guard waitsForRoom != isNeeded else { return }
    waitsForRoom = isNeeded
    do {
      try loop.reactor.modify(
        number, token: ClientReactor.Token.peer,
        interest: isNeeded ? [.readable, .writable] : .readable)
    } catch { lose(error) }
  }

  private mutating func receive() {
    guard let number = socket?.number else { return }
    switch read(from: number) {
    case .bytes:
      hasBytes = true
      consumed = 0
    case .wouldBlock: break
    case .closed: lose(SystemError("read from the broker", code: ECONNRESET))
    case .failed(let code): lose(SystemError("read from the broker", code: code))
    }
  }

  private mutating func read(from number: Int32) -> ReadResult {
    do throws(SystemError) {
      if frames.isThere {
        return try frames[].receive(
          from: number, through: &security, into: &buffer, behind: &tail, &pool)
      }
      if security.isThere {
        return try security[].receive(from: number, into: &buffer, behind: &tail, &pool)
      }
    } catch {
      // The other side gets to know why.
      _ = send(to: number)
      lose(error)
      return .wouldBlock
    }
    return buffer.receive(from: number, behind: &tail)
  }

  private mutating func lose(_ error: SystemError) {
    // Of a broker that was connected before it is no lasting fault.
    failedLayer = client.isConnected ? nil : ClientLayer(error)
    close()
    failure = error
  }

  private func timeout(until limit: UInt64?) -> Int? {
    var left = milliseconds(until: limit)
    let now = TickTime.now()
    if let deadline = client.nextDeadline {
      let wait = deadline.isReached(at: now) ? 0 : Int(deadline.since(now))
      left = min(left ?? wait, wait)
    }
    return left
  }
}
