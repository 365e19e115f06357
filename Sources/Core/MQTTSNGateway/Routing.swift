import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

extension Gateway {
  /// A message from an address: a node's, or a stranger's.
  @inline(__always)
  @_lifetime(&self, copy message)
  mutating func receive(
    _ message: Message, from address: NodeAddress, links: inout LinkTable,
    messages: inout MessageStore
  ) -> GatewayStep {
    guard let index = node(at: address) else {
      return receive(message, fromStranger: address, links: &links, messages: &messages)
    }
    nodes[index].lastHeard = now
    return receive(message, from: index, links: &links, messages: &messages)
  }

  /// A message from the address of the node `index`, connected or half-connected.
  @_lifetime(&self, copy message)
  mutating func receive(
    _ message: Message, from index: Int, links: inout LinkTable, messages: inout MessageStore
  ) -> GatewayStep {
    switch message {
    case .publish(let publish):
      nodes[index].hasSpoken = true
      return self.publish(publish, from: index)
    case .connect(let connect):
      return self.connect(connect, again: index, links: &links, messages: &messages)
    case .willTopic(let topic):
      return willTopic(topic, from: index, links: &links)
    case .willMessage(let message):
      return willMessage(message, from: index, links: &links)
    case .searchGateway:
      answerSearch(from: nodes[index].address)
      return .none
    default:
      guard nodes[index].phase.isConnected else {
        return receive(message, whileConnecting: index, links: &links, messages: &messages)
      }
      nodes[index].hasSpoken = true
      return receive(message, fromConnected: index, links: &links, messages: &messages)
    }
  }

  /// Anything but the dialogue, before CONNACK: only leaving makes sense.
  @_lifetime(&self, copy message)
  private mutating func receive(
    _ message: Message, whileConnecting index: Int, links: inout LinkTable,
    messages: inout MessageStore
  ) -> GatewayStep {
    if case .disconnect = message { leave(index, links: &links, messages: &messages) }
    return .none
  }

  @_lifetime(&self, copy message)
  private mutating func receive(
    _ message: Message, fromConnected index: Int, links: inout LinkTable,
    messages: inout MessageStore
  ) -> GatewayStep {
    switch message {
    case .subscribe(let subscribe): return self.subscribe(subscribe, from: index)
    case .unsubscribe(let unsubscribe): return self.unsubscribe(unsubscribe, from: index)
    case .register(let register): self.register(register, from: index)
    case .regack(let regack): registered(regack, from: index, messages: &messages)
    case .puback(let puback): acknowledged(puback, from: index, messages: &messages)
    case .pubrec(let pubrec): received(pubrec, from: index, messages: &messages)
    case .pubcomp(let pubcomp): completed(pubcomp, from: index, messages: &messages)
    case .pubrel(let pubrel): return released(pubrel, from: index)
    case .pingreq(let pingreq):
      pinged(pingreq, from: nodes[index].address, index, links: &links, messages: &messages)
    case .disconnect(let disconnect):
      guard let duration = disconnect.duration else {
        leave(index, links: &links, messages: &messages)
        return .none
      }
      sleep(index, for: duration, messages: &messages)
    case .willTopicUpdate(let update): return updateWill(update, from: index)
    case .willMessageUpdate(let update): return updateWill(update, from: index)
    // [SN 6.1] what gateways say to clients, and what nobody has asked for.
    default: break
    }
    return .none
  }

  /// A message from an address where no node lives.
  @_lifetime(&self, copy message)
  mutating func receive(
    _ message: Message, fromStranger address: NodeAddress, links: inout LinkTable,
    messages: inout MessageStore
  ) -> GatewayStep {
    switch message {
    case .connect(let connect):
      return self.connect(connect, from: address, links: &links, messages: &messages)
    case .publish(let publish) where publish.qos == .withoutConnection:
      return publishWithoutConnection(publish, from: address, nil)
    case .searchGateway: answerSearch(from: address)
    case .disconnect: answerGoodbye(from: address)
    case .pingreq(let pingreq):
      pinged(pingreq, from: address, nil, links: &links, messages: &messages)
    // [SN 6.1] the broadcasts and answers of other gateways.
    case .advertise, .gatewayInfo, .connack, .willTopicRequest, .willMessageRequest, .suback,
      .unsuback, .pingresp, .willTopicResponse, .willMessageResponse:
      break
    default: answerStranger(at: address)
    }
    return .none
  }

  /// Sends a message to a node.
  mutating func send<Message: EncodableMessage & ~Escapable>(
    _ message: Message, to index: Int
  ) {
    send(message, toAddress: nodes[index].address)
  }

  /// Sends a message to an address.
  mutating func send<Message: EncodableMessage & ~Escapable>(
    _ message: Message, toAddress address: NodeAddress
  ) {
    counters.datagramsSent &+= 1
    guard address.wireless == 0 else {
      return Self.append(message, to: address, behind: wirelessNodes, to: &output)
    }
    output.append(message, to: .node(address))
  }

  /// [SN 5.5] a message for a node behind a forwarder, in the envelope that it came in.
  @inline(never)
  private static func append<Message: EncodableMessage & ~Escapable>(
    _ message: Message, to address: NodeAddress, behind nodes: borrowing WirelessNodes,
    to output: inout DatagramOutput
  ) {
    let forwarder = NodeAddress(line: address.line, words: address.words)
    output.append(
      message, to: .node(forwarder), nodeID: nodes.nodeID(of: address.wireless),
      radius: nodes.radius(of: address.wireless))
  }

  /// [SN 7.14] no message exists for malformed input: it is dropped and counted.
  mutating func noteMalformed(_ error: CodecError, from address: NodeAddress) {
    counters.malformed.count(error)
    if malformedSeen.insert(address) { notice(.malformed(error), at: address, clientID: Span()) }
  }

  mutating func notice(_ kind: GatewayNotice.Kind, of index: Int) {
    let notice = GatewayNotice(
      kind, nodes[index].address, clientID: nodes[index].clientID.span)
    if !notices.append(notice) { counters.noticesDropped &+= 1 }
  }

  /// A notice about somebody who is no node: anybody can cause one, so there are not many.
  mutating func notice(
    _ kind: GatewayNotice.Kind, at address: NodeAddress, clientID: Span<UInt8>
  ) {
    let notice = GatewayNotice(kind, address, clientID: clientID)
    let isTold = strangerNotices.take(at: now) && notices.append(notice)
    if !isTold { counters.noticesDropped &+= 1 }
  }
}
