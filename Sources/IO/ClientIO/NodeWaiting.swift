import MQTTSNClient
import MQTTSNCodec
import MQTTTerms
import Reactor

/// What has happened to a node; messages are views into what was received.
public enum NodeEvent: ~Escapable {
  /// A message of a topic.
  case message(Publish)
  /// The id of a topic that messages come on from now on.
  case topic(Register)
  /// What became of a request, or of the session.
  case client(ClientEvent)
}

extension NodeStream {
  /// Sends what waits to be sent, then waits for the gateway, the input, a signal, the client's own
  /// deadline or `limit` (milliseconds of the monotonic clock; 0 only looks). Ask `next` for what
  /// came before the next wait.
  public mutating func wait(until limit: UInt64?) throws(SystemError) -> ClientReadiness {
    let hadLine = !isOver
    transmit()
    if hadLine, isOver { return [] }
    try loop.reactor.wait(timeoutMilliseconds: timeout(until: limit))
    let (readiness, peer) = loop.readiness
    if let peer {
      if peer.isWritable { flush() }
      if peer.isReadable { receive() }
    }
    return readiness
  }

  /// The next thing that has happened; its views are valid until the stream is used again. Nil:
  /// wait.
  @_lifetime(&self)
  public mutating func next() -> NodeEvent? {
    repeat {
      transmit()
      if let event = client.nextEvent() {
        if !tellWill(event) { return .client(event) }
      } else if takenCount < messages.count {
        message = messages[takenCount]
        takenCount += 1
        trace(message, isSent: false)
        // The array stands still until the stream is used again, which ends the event's life.
        let bytes = _overrideLifetime(message.span, copying: Span<UInt8>())
        switch client.receive(bytes, at: .now()) {
        case .message(let message): return .message(message)
        case .topic(let topic): return .topic(topic)
        case .nothing: break
        }
      } else {
        messages.removeAll(keepingCapacity: true)
        takenCount = 0
        client.advance(to: .now())
        guard let event = client.nextEvent() else {
          transmit()
          return nil
        }
        return .client(event)
      }
    } while true
  }

  /// Sends all that the client has to send.
  mutating func transmit() {
    while !isOver, let message = nextMessage() {
      trace(message, isSent: true)
      do throws(SystemError) { try line?.send(message) } catch { return lose(error) }
    }
    flush()
  }

  private mutating func nextMessage() -> [UInt8]? {
    var isThere = false
    let count = room.withUnsafeMutableBytes { buffer in
      var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
      isThere = client.nextTransmit(into: &output)
      return output.finalize(for: buffer)
    }
    return isThere ? Array(room[..<count]) : nil
  }

  private mutating func trace(_ message: [UInt8], isSent: Bool) {
    if isTraced { traced.append(TracedMessage(isSent: isSent, octets: message)) }
  }

  private mutating func flush() {
    guard let number = line?.number else { return }
    do throws(SystemError) {
      let isBlocked = try line?.flush() == false
      guard isBlocked != waitsForRoom else { return }
      waitsForRoom = isBlocked
      try loop.reactor.modify(
        number, token: ClientReactor.Token.peer,
        interest: isBlocked ? [.readable, .writable] : .readable)
    } catch { lose(error) }
  }

  private mutating func receive() {
    do throws(SystemError) { try line?.receive(into: &messages, at: .now()) } catch {
      lose(error)
    }
  }

  private mutating func lose(_ error: SystemError) {
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

  /// Says DISCONNECT where there is a session, waits for the answer and until all is sent, at most
  /// until `limit`, and closes the line.
  public mutating func finish(until limit: UInt64) {
    transmit()
    var isLeaving = false
    do throws(ClientError) {
      try client.disconnect(at: .now())
      isLeaving = true
    } catch {}
    while !isOver, isLeaving || pendingCount > 0, MonotonicClock.now() < limit {
      guard (try? wait(until: limit)) != nil else { break }
      isLeaving = leave(isLeaving)
    }
    close()
    failure = nil
  }

  /// Takes what has come while the node leaves; whether it is still leaving.
  private mutating func leave(_ isLeaving: Bool) -> Bool {
    var isLeaving = isLeaving
    while let event = next() {
      if case .client(.disconnected) = event { isLeaving = false }
      if case .client(.lost) = event { isLeaving = false }
    }
    return isLeaving
  }
}
