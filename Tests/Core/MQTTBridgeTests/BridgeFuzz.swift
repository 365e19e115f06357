import BrokerCore
import Fuzzing
import MQTTBridge
import MQTTCodec
import MQTTTerms

/// Lets a bridge talk to a remote broker that is made of what a fuzzer sends.
///
/// The first octet chooses the version and the kind of bridge. Then each step is an octet: a piece of
/// octets arrives whose length is the next one, or a packet that fits what the bridge waits for; or
/// somebody publishes here, time passes, or the network breaks.
public func fuzzBridge(_ octets: [UInt8]) throws {
  var input = FuzzInput(octets)
  let choice = input.octet()
  let isNew = choice & 1 == 1
  let scene = BridgeScene(fuzzedOptions(choice), limits: fuzzedLimits)
  scene.subscribe("#")
  var tail: [UInt8] = []
  while input.count > 0 {
    for request in scene.requests() {
      tail = []
      if case .dial = request { _ = scene.dialed() }
    }
    switch input.octet() % 16 {
    case 0: scene.publish("l/a", "x", qos: .atLeastOnce, retain: true)
    case 1: scene.publish("l/a/\(input.octet())", "y", qos: .exactlyOnce)
    case 2: scene.wait(500 * UInt64(input.octet()))
    case 3: scene.lose()
    case 4: tail += bytes(isNew ? "2006000003220002" : "20020000")
    case 5: tail += bytes(isNew ? "9006ffff00000000" : "9005ffff000000")
    case 6: tail += bytes(isNew ? "b005ffff000000" : "b002ffff")
    case 7: tail += bytes(publishPacket("r/a", isNew ? "\u{0}" : "z", first: 0x34, number: 5))
    case 8:
      tail += bytes(
        "\(["40", "50", "62", "70"][input.below(4)])0200" + hexadecimal(input.octet() % 8))
    default: tail += input.octets(Int(input.octet()))
    }
    let used = scene.bridge.receive(
      tail.span, hub: &scene.broker, commands: &scene.commands, at: scene.now)
    try demand(used <= tail.count, "more used than there was: \(hexadecimal(octets))")
    tail.removeFirst(used)
    scene.perform()
    _ = scene.sent()
  }
  scene.retire(keepingSession: false)
  try demand(
    scene.sessionCount == 1, "a session is left: \(hexadecimal(octets))")
}

private var fuzzedLimits: BrokerLimits {
  var limits = BrokerLimits()
  (limits.queuedMessages, limits.retainedMessages, limits.incomingExactlyOnce) = (8, 8, 4)
  return limits
}

private func fuzzedOptions(_ choice: UInt8) -> BridgeOptions {
  var options = BridgeScene.options(
    .both("a/#", .exactlyOnce, "l/", "r/"), .in("$SYS/#"), .in("#", .atLeastOnce),
    .out("", .atLeastOnce, "l/a", "q"))
  options.version = choice & 1 == 0 ? .mqtt311 : .mqtt50
  options.start = choice & 2 == 0 ? .automatic : .lazy
  options.local.isClean = choice & 4 != 0
  options.limits.packetSize = 600
  options.notificationTopic = Array("s".utf8)
  return options
}
