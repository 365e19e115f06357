import BrokerCore
import Glibc
import MQTTLink
import Reactor
import SessionLink
import Slabs
import Streams

extension BrokerService {
  /// Reads once and hands every complete packet to the core.
  mutating func read(
    _ id: SlotID, _ buffer: inout ReceiveBuffer, _ reactor: inout Reactor, at now: LinkTime
  ) {
    let index = Int(id.index)
    guard !streams.slots[index].isDoomed else { return }
    let result = receive(index, &buffer)
    switch result {
    case .wouldBlock: return
    case .closed: lose(id, nil, at: now)
    case .failed(let code):
      lose(id, SystemError("read from \(streams.slots[index].peer)", code: code), at: now)
    case .bytes(let count):
      traffic.received &+= UInt64(count)
      if streams.slots[index].security.isThere {
        decrypt(buffer.bytes, id, &reactor, at: now)
      } else {
        take(id, &buffer, &reactor, at: now)
      }
      boundTail(id, at: now)
    }
  }

  /// Reads behind what is left of the stream; with TLS nothing is left of what the socket gives.
  @inline(__always)
  private mutating func receive(_ index: Int, _ buffer: inout ReceiveBuffer) -> ReadResult {
    let number = streams.slots[index].descriptor.number
    if streams.slots[index].security.isThere {
      var nothing = TailBuffer()
      return buffer.receive(from: number, behind: &nothing)
    }
    return buffer.receive(from: number, behind: &streams.slots[index].tail)
  }

  /// Hands what was read, or taken up, to the core.
  mutating func take(
    _ id: SlotID, _ buffer: inout ReceiveBuffer, _ reactor: inout Reactor, at now: LinkTime
  ) {
    let index = Int(id.index)
    let consumed =
      streams.slots[index].wrapping.isThere
      ? unwrap(buffer.bytes, id, &reactor, at: now) : parse(buffer.bytes, id, &reactor, at: now)
    buffer.finish(consumed: consumed, tail: &streams.slots[index].tail)
  }

  /// A peer whose login is not decided must not send on for ever.
  private mutating func boundTail(_ id: SlotID, at now: LinkTime) {
    let index = Int(id.index)
    guard !streams.slots[index].connection.isConnected,
      streams.slots[index].tail.count > Self.longestEarlyTail
    else { return }
    lose(id, SystemError("read from \(streams.slots[index].peer)", code: ENOBUFS), at: now)
  }

  /// What may wait before a peer is connected: more than the longest CONNECT there may be by default.
  private static var longestEarlyTail: Int { 1 << 18 }

  /// Tells the broker how a login ended that took its time, and reads on what the peer has sent
  /// meanwhile.
  public mutating func conclude(
    _ link: LinkID, _ verdict: LoginVerdict, buffer: inout ReceiveBuffer, reactor: inout Reactor,
    at now: LinkTime
  ) {
    broker.conclude(link, verdict, reply: Span(), at: now, commands: &commands)
    perform(at: now)
    guard let index = stream(of: link), let id = streams.slots.id(at: index),
      !streams.slots[index].isDoomed, buffer.takeUp(&streams.slots[index].tail)
    else { return }
    take(id, &buffer, &reactor, at: now)
  }

  mutating func parse(
    _ bytes: Span<UInt8>, _ id: SlotID, _ reactor: inout Reactor, at now: LinkTime
  ) -> Int {
    let index = Int(id.index)
    let link = streams.slots[index].link
    var consumed = 0
    parsing: while true {
      let rest = bytes.extracting(consumed..<bytes.count)
      switch streams.slots[index].connection.receive(rest, consumed: &consumed, at: now) {
      case .needMore: break parsing
      case .publish(let publish):
        traffic.packetsReceived &+= 1
        if tracesPackets { trace(publish, head: rest[0], index) }
        broker.receive(publish, from: link, at: now, commands: &commands)
        if commands.recipients.count > recipientMark {
          perform(at: now)
          relieve(&reactor, at: now)
        }
      case .acknowledged(let id):
        traffic.packetsReceived &+= 1
        if tracesPackets { trace(answer: "PUBACK", id, index) }
        broker.acknowledged(id, from: link, at: now, commands: &commands)
      case .further:
        if !parseFurther(rest, id, &consumed, at: now) { break parsing }
      case .close(let reason):
        // The answers to what came before stand in front of the last word [MQTT5-3.14.4-1].
        perform(at: now)
        end(id, for: reason, at: now)
        break parsing
      }
    }
    perform(at: now)
    relieve(&reactor, at: now)
    return consumed
  }

  /// Takes a packet that comes seldom; false when nothing more is to be read now.
  @inline(never)
  private mutating func parseFurther(
    _ bytes: Span<UInt8>, _ id: SlotID, _ consumed: inout Int, at now: LinkTime
  ) -> Bool {
    let index = Int(id.index)
    switch streams.slots[index].connection.receiveFurther(bytes, consumed: &consumed, at: now) {
    case .needMore: return false
    case .event(let event):
      traffic.packetsReceived &+= 1
      if tracesPackets { trace(event, index) }
      broker.handle(event, from: streams.slots[index].link, at: now, commands: &commands)
      // The answer to CONNECT decides whether what follows it is read.
      if !streams.slots[index].connection.isConnected { perform(at: now) }
    case .ping:
      traffic.packetsReceived &+= 1
      if tracesPackets {
        trace(received: "PINGREQ", index)
        trace(sent: "PINGRESP", index)
      }
      // Its answer says that all before it is answered.
      perform(at: now)
      streams.answer(index) { _, output in try? OutboundPackets.encodePong(into: &output) }
    case .close(let reason):
      if tracesPackets, reason == .disconnected { trace(received: "DISCONNECT", index) }
      // [MQTT5-3.14.4-1]
      perform(at: now)
      end(id, for: reason, at: now)
      return false
    }
    return true
  }
}
