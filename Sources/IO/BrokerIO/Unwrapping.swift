import MQTTLink
import ProxyProtocol
import Reactor
import SessionLink
import Slabs
import Streams
import WebSocket

extension BrokerService {
  /// Takes what stands around MQTT off the octets of a stream that has something around it, and
  /// hands every complete packet to the core; how many octets are done with.
  ///
  /// `bytes` are the socket's, with what `unwrap` has left of them before.
  mutating func unwrap(
    _ bytes: Span<UInt8>, _ id: SlotID, _ reactor: inout Reactor, at now: LinkTime
  ) -> Int {
    let index = Int(id.index)
    var consumed = 0
    var goesOn = true
    while goesOn, !streams.slots[index].isDoomed {
      let rest = bytes.extracting(consumed..<bytes.count)
      switch streams.slots[index].wrapping[].phase {
      case .proxy: goesOn = takeProxyHeader(rest, id, &consumed, at: now)
      case .upgrade: goesOn = takeUpgrade(rest, id, &consumed, at: now)
      case .framed: goesOn = takeFrames(bytes, id, &consumed, &reactor, at: now)
      case .plain: return consumed + parse(rest, id, &reactor, at: now)
      }
    }
    return consumed
  }

  // MARK: PROXY

  /// Takes what the proxy says; false when there is nothing more to be done.
  private mutating func takeProxyHeader(
    _ bytes: Span<UInt8>, _ id: SlotID, _ consumed: inout Int, at now: LinkTime
  ) -> Bool {
    let index = Int(id.index)
    guard let rules = listeners[Int(streams.slots[index].listener)].terms.rules.proxy else {
      return false
    }
    var count = 0
    switch ProxyHeader.read(bytes, consumed: &count, rules.version) {
    case .needMore: return false
    case .malformed: return reject(id, "corrupt PROXY header", at: now)
    case .header(let header):
      consumed += count
      return take(header, rules, id, at: now)
    }
  }

  private mutating func take(
    _ header: ProxyHeader, _ rules: TransportRules.Proxy, _ id: SlotID, at now: LinkTime
  ) -> Bool {
    let index = Int(id.index)
    let listener = Int(streams.slots[index].listener)
    if let source = header.source {
      streams.slots[index].peer = SocketAddress(source) ?? .unix
      streams.slots[index].connection.move(to: source)
    }
    guard header.tls != nil || !rules.requiresTLS else {
      return reject(id, "client did not connect using TLS", at: now)
    }
    guard header.tls?.hasCertificate == true || !rules.requiresCertificate else {
      return reject(id, "client did not provide a certificate", at: now)
    }
    let isFramed = listeners[listener].terms.rules.webSocket != nil
    streams.slots[index].wrapping[].phase = isFramed ? .upgrade : .plain
    notices.append(
      .accepted(streams.slots[index].peer, port: listeners[listener].socket.localPort))
    return true
  }

  // MARK: WebSocket

  /// Answers the HTTP request when it has come; false when there is nothing more to be done.
  private mutating func takeUpgrade(
    _ bytes: Span<UInt8>, _ id: SlotID, _ consumed: inout Int, at now: LinkTime
  ) -> Bool {
    let index = Int(id.index)
    let listener = Int(streams.slots[index].listener)
    guard let rules = listeners[listener].terms.rules.webSocket, !bytes.isEmpty else {
      return false
    }
    var count = 0
    switch streams.slots[index].wrapping[].upgrade.receive(bytes, consumed: &count, rules) {
    case .needMore: return false
    case .refused(let refusal):
      streams.write(index, room: UpgradeAnswer.size) { UpgradeAnswer.refuse(refusal, into: &$0) }
      return reject(id, refusal.words, at: now)
    case .accepted(let key, let subprotocol):
      let accept = UpgradeAccept(key)
      streams.write(index, room: UpgradeAnswer.size) {
        UpgradeAnswer.accept(accept, subprotocol, into: &$0)
      }
      streams.slots[index].wrapping[].phase = .framed
      notices.append(.upgraded(streams.slots[index].peer))
      consumed += count
      return true
    }
  }

  /// Parses what is in the frames, as far as the buffer holds it; false when more is needed.
  private mutating func takeFrames(
    _ bytes: Span<UInt8>, _ id: SlotID, _ consumed: inout Int, _ reactor: inout Reactor,
    at now: LinkTime
  ) -> Bool {
    let index = Int(id.index)
    // The core must not see the service while it borrows the octets.
    var buffer = Seldom<ReceiveBuffer>()
    swap(&buffer, &unwrapped)
    defer { swap(&buffer, &unwrapped) }
    guard let step = streams.unframe(index, bytes, &consumed, into: &buffer[]) else {
      end(id, for: .packetTooLarge, at: now)
      return false
    }
    let used = parse(buffer[].bytes, id, &reactor, at: now)
    buffer[].finish(consumed: used, tail: &streams.slots[index].wrapping[].tail)
    switch step {
    case .needMore: return false
    case .needRoom, .ping: return true
    case .closed(let code):
      closeFrames(id, code, nil, at: now)
      return false
    case .failed(let fault):
      closeFrames(id, fault.closeCode, fault, at: now)
      return false
    }
  }

  /// Says the last word in frames, and ends the connection.
  private mutating func closeFrames(
    _ id: SlotID, _ code: UInt16, _ fault: FrameFault?, at now: LinkTime
  ) {
    let index = Int(id.index)
    guard !streams.slots[index].isDoomed else { return }
    streams.slots[index].wrap(&streams.pool)
    streams.slots[index].wrapping[].close(code, &streams.pool)
    guard let fault else { return lose(id, nil, at: now) }
    traffic.faults += 1
    notices.append(.unfit(clientID: clientID(index), streams.slots[index].peer, fault))
    leave(id, .lost, at: now)
  }

  /// Ends a connection that has not come as far as MQTT.
  mutating func reject(_ id: SlotID, _ reason: String, at now: LinkTime) -> Bool {
    traffic.faults += 1
    notices.append(.rejected(streams.slots[Int(id.index)].peer, reason: reason))
    leave(id, .lost, at: now)
    return false
  }
}

extension StreamTable {
  /// Appends to what the socket gets, around MQTT.
  mutating func write(_ index: Int, room: Int, _ body: (inout OutputRawSpan) -> Void) {
    slots[index].wrapping[].outbound.withOutput(of: room, from: &pool, body)
    markDirty(index)
  }

  /// Fills `buffer` with what is in the frames of `bytes` from `consumed` on, and answers pings; nil
  /// when the buffer cannot be filled.
  mutating func unframe(
    _ index: Int, _ bytes: Span<UInt8>, _ consumed: inout Int, into buffer: inout ReceiveBuffer
  ) -> FrameStep? {
    var wrapping = Seldom<Wrapping>()
    swap(&wrapping, &slots[index].wrapping)
    defer { swap(&wrapping, &slots[index].wrapping) }
    var tail = TailBuffer()
    swap(&tail, &wrapping[].tail)
    defer { swap(&tail, &wrapping[].tail) }
    var step = FrameStep.needMore
    let isFilled = buffer.fill(behind: &tail) { output in
      repeat {
        step = wrapping[].frames.receive(bytes, consumed: &consumed, into: &output)
        if step == .ping { wrapping[].pong(&pool) }
      } while step == .ping
    }
    if !wrapping[].outbound.isEmpty { markDirty(index) }
    return isFilled ? step : nil
  }
}

extension Wrapping {
  /// Answers the ping that came last [RFC 6455 5.5.3].
  fileprivate mutating func pong(_ pool: inout BlockPool) {
    var queue = OutputQueue()
    swap(&queue, &outbound)
    queue.withOutput(of: FrameHeader.longest + FrameHeader.longestControl, from: &pool) {
      frames.encodePong(into: &$0)
    }
    swap(&queue, &outbound)
  }
}
