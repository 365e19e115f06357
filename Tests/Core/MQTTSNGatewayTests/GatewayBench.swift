import MQTTSNGateway
import MQTTTerms
import SessionLink
import Slabs

/// A gateway on the bench: datagrams in and out, virtual time, a hub that is generic.
struct Bench<Links: Hub & ~Copyable>: ~Copyable {
  var gateway: Gateway
  var hub: Links
  var links = LinkTable()
  var now: LinkTime = 5000
  var queue = CommandQueue()

  init(_ hub: consuming Links, _ adjust: (inout GatewayOptions) -> Void = { _ in }) {
    var options = GatewayOptions()
    adjust(&options)
    self.hub = hub
    gateway = Gateway(options: options, service: 7, seed: 42, at: 5000)
  }

  /// Where the node `number` is.
  static func address(_ number: UInt64) -> NodeAddress {
    NodeAddress(line: 0, words: .init(number, 0, 0))
  }

  /// Lets the node `number` send a datagram.
  mutating func feed(_ datagram: [UInt8], from number: UInt64 = 1) {
    gateway.take(
      datagram.span, from: Self.address(number), at: now, hub: &hub, links: &links,
      commands: &queue)
    settle()
  }

  /// Lets time pass, in milliseconds.
  mutating func wait(_ milliseconds: UInt64) {
    now += milliseconds
    gateway.advance(to: now, links: &links, messages: &hub.messages)
    settle()
  }

  /// Has a command performed.
  mutating func perform(_ command: LinkCommand) {
    queue.commands.append(command)
    settle()
  }

  /// Has a message delivered to a link.
  mutating func deliver(
    _ topic: String, _ payload: String, to link: LinkID, qos: QoS = .atMostOnce, id: UInt16 = 0,
    flags: DeliveryFlags = []
  ) {
    let message = hub.messages.insert(
      topic: Array(topic.utf8).span, payload: Array(payload.utf8).span, qos: qos)
    let start = queue.recipients.count
    queue.recipients.append(
      Recipient(link: link, packetID: PacketIdentifier(id), qos: qos, flags: flags))
    queue.commands.append(
      .deliver(message, to: Recipients(start: start, end: queue.recipients.count)))
    settle()
  }

  /// Hands on events and commands until there are none.
  mutating func settle() {
    gateway.tellEvents(at: now, hub: &hub, commands: &queue)
    while !queue.commands.isEmpty {
      var taken = CommandQueue()
      swap(&taken, &queue)
      for index in 0..<taken.commands.count {
        let command = taken.commands[index]
        gateway.perform(command, of: taken, at: now, links: &links, messages: &hub.messages)
        if case .deliver(let message, _) = command { hub.messages.release(message) }
      }
      gateway.tellEvents(at: now, hub: &hub, commands: &queue)
    }
  }

  /// What was sent to the node `number` since the last call.
  mutating func sent(to number: UInt64 = 1) -> [[UInt8]] {
    everythingSent().filter { $0.to == .node(Self.address(number)) }.map(\.bytes)
  }

  /// What was sent to anybody since the last call.
  mutating func everythingSent() -> [(to: DatagramOutput.Destination, bytes: [UInt8])] {
    var sent: [(to: DatagramOutput.Destination, bytes: [UInt8])] = []
    for index in 0..<gateway.output.count {
      let datagram = gateway.output.datagram(at: index)
      var bytes: [UInt8] = []
      for position in datagram.indices { bytes.append(datagram[position]) }
      sent.append((gateway.output.destination(at: index), bytes))
    }
    gateway.output.removeAll()
    return sent
  }

  /// The notices since the last call.
  mutating func notices() -> [GatewayNotice.Kind] {
    var kinds: [GatewayNotice.Kind] = []
    while let notice = gateway.nextNotice() { kinds.append(notice.kind) }
    return kinds
  }

  /// Connects a node, and forgets about it.
  mutating func connect(
    _ clientID: String, from number: UInt64 = 1, duration: UInt16 = 0, isClean: Bool = true
  ) {
    let flags = isClean ? "04" : "00"
    feed(wire("04 \(flags) 01 \(hex(duration)) '\(clientID)'"), from: number)
    _ = everythingSent()
    _ = notices()
  }
}

extension Bench where Links == ScriptedHub {
  init(_ adjust: (inout GatewayOptions) -> Void = { _ in }) { self.init(ScriptedHub(), adjust) }

  /// What the hub was told since the last call.
  mutating func told() -> [String] {
    let told = hub.told
    hub.told = []
    return told
  }
}

/// Two octets in words that `wire` understands.
func hex(_ value: UInt16) -> String { "\(hex(UInt8(value >> 8))) \(hex(UInt8(value & 0xFF)))" }

private func hex(_ octet: UInt8) -> String {
  let digits = String(octet, radix: 16)
  return digits.count == 1 ? "0" + digits : digits
}

/// A message: hexadecimal octets and 'texts', with the Length put before them.
func wire(_ words: String) -> [UInt8] {
  var body: [UInt8] = []
  var isText = false
  for part in words.split(separator: "'", omittingEmptySubsequences: false) {
    if isText {
      body += Array(part.utf8)
    } else {
      body += part.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }
    isText.toggle()
  }
  if body.count + 1 <= 255 { return [UInt8(body.count + 1)] + body }
  let length = body.count + 3
  return [1, UInt8(length >> 8), UInt8(length & 0xFF)] + body
}
