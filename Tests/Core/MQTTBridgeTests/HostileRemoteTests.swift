import BrokerCore
import MQTTBridge
import MQTTCodec
import MQTTLink
import MQTTTerms
import SessionLink
import Testing

@Suite struct HostileRemoteTests {
  @Test(arguments: [
    ("SUBACK without codes", "9002ffff"), ("too many codes", "9004ffff0000"),
    ("SUBACK that answers nothing", "9003000100"), ("UNSUBACK too early", "b002ffff"),
    ("a second CONNACK", "20020000"), ("CONNECT", "100c00044d5154540402003c0000"),
    ("SUBSCRIBE", "8206000100016100"), ("PINGREQ", "c000"), ("DISCONNECT", "e000"),
    ("packet type 0", "0000"), ("packet type 15", "f000"), ("a giant length", "3fffffff7f"),
    ("a length without an end", "30ffffffffff"), ("an empty topic", "30020000"),
    ("a topic with a wildcard", "30030001 23"), ("a topic that is no text", "30030001ff"),
    ("QoS 3", "3605000161 0001"), ("a reserved flag", "4102 0001"),
  ])
  func `what no broker sends ends the connection, and is told of`(what: String, octets: String) {
    let scene = BridgeScene(BridgeScene.options(.in("a")))
    scene.wait(0)
    _ = scene.requests()
    _ = scene.dialed()
    scene.feed("20020000")
    scene.feed(octets)
    #expect(scene.requests() == [.hangUp], "\(what)")
    guard case .ended(0, _) = scene.notices.last else {
      Issue.record("\(what): \(scene.notices)")
      return
    }
    // And comes again.
    scene.wait(1000)
    #expect(scene.requests() == [.dial(address: 0)])
  }

  @Test(arguments: [
    "90 03 ff ff 00", "30 04 00 01 61 78", "d0 00", "20 03 00 00 00", "20 02 02 00",
  ])
  func `what comes before CONNACK ends the connection`(octets: String) {
    let scene = BridgeScene(BridgeScene.options(.in("a")))
    scene.wait(0)
    _ = scene.requests()
    _ = scene.dialed()
    scene.subscribe("#")
    scene.feed(octets)
    #expect(scene.requests() == [.hangUp] && scene.heard.isEmpty)
  }

  @Test(arguments: [
    ("b", "not shared"), ("$CONTROL/broker/v1", "control"), ("r/$CONTROL/x", "control by renaming"),
    ("r/\(String(repeating: "/", count: 210))", "too many levels"),
  ])
  func `what may not come in is answered, dropped and told of`(topic: String, why: String) {
    let scene = BridgeScene(
      BridgeScene.options(
        .in("a"), .in("$CONTROL/#"), .in("#", .atMostOnce, "", "r/"), .out("c")))
    scene.connect(codes: "000000")
    scene.subscribe("#")
    scene.subscribe("$CONTROL/#")
    #expect(scene.feed(publishPacket(topic, "x", first: 0x32, number: 1)) == "40020001", "\(why)")
    #expect(scene.feed(publishPacket(topic, "x", first: 0x34, number: 2)) == "50020002")
    #expect(scene.feed("62020002") == "70020002")
    #expect(scene.feed(publishPacket(topic, "x")) == "")
    #expect(scene.heard.isEmpty)
    #expect(scene.notices.filter { $0 == .dropped(topic: topic) }.count == 1)
    // Nothing else is lost.
    scene.feed(publishPacket("a", "y"))
    #expect(scene.heard == ["a y"])
  }

  @Test func `a remote broker does not speak for the own one`() {
    let scene = BridgeScene(BridgeScene.options(.in("$SYS/#")))
    scene.connect()
    scene.subscribe("$SYS/#")
    #expect(
      scene.feed(publishPacket("$SYS/broker/uptime", "x", first: 0x32, number: 1)) == "40020001")
    #expect(scene.heard.isEmpty)
    scene.feed(publishPacket("$SYS/broker/connection/x/state", "1"))
    #expect(scene.heard == ["$SYS/broker/connection/x/state 1"])
  }

  @Test func `a name that would be too long is not sent`() {
    let prefix = String(repeating: "p", count: 65_000)
    let scene = BridgeScene(BridgeScene.options(.out("#", .atLeastOnce, "", prefix)))
    scene.connect()
    let long = String(repeating: "t", count: 600)
    scene.publish(long, "x", qos: .atLeastOnce)
    #expect(scene.sent() == "")
    #expect(scene.notices.contains(.unsent(topic: long)))
    scene.publish("t", "y", qos: .atLeastOnce)
    #expect(scene.sent().hasSuffix(hexadecimal("t") + "0002" + hexadecimal("y")))
    #expect(scene.messageCount == 1)
  }

  @Test func `of a prefix alone nothing is left to send`() {
    // "a/#" also matches "a", which does not have the prefix.
    let scene = BridgeScene(BridgeScene.options(.out("#", .atLeastOnce, "a/", "b/")))
    scene.connect()
    scene.publish("a", "x", qos: .atLeastOnce)
    #expect(scene.sent() == "" && scene.notices.contains(.unsent(topic: "a")))
    #expect(scene.messageCount == 0)
  }

  @Test func `acknowledgements that nobody waits for do no harm`() {
    let scene = BridgeScene(BridgeScene.options(.out("a", .exactlyOnce)))
    scene.connect()
    #expect(scene.feed("40020007") == "")
    #expect(scene.feed("50020007") == "62020007")
    #expect(scene.feed("70020007") == "")
    #expect(scene.feed("62020007") == "70020007")
    #expect(scene.isConnected)
  }

  @Test func `somebody who takes the bridge's name does not keep it`() {
    let scene = BridgeScene(BridgeScene.options(.out("a", .atLeastOnce)))
    scene.connect()
    scene.steal("local.b.h")
    #expect(scene.notices.contains(.closedHere(.takenOver)))
    #expect(scene.requests() == [.hangUp])
    scene.wait(1000)
    _ = scene.dialed()
    scene.feed("20020000")
    scene.publish("a", "x", qos: .atLeastOnce)
    #expect(scene.sent().contains(hexadecimal("x")))
  }

  @Test func `QoS 2 messages that are never released are bounded`() {
    var limits = BrokerLimits()
    limits.incomingExactlyOnce = 50
    let scene = BridgeScene(BridgeScene.options(.in("a", .exactlyOnce)), limits: limits)
    scene.connect()
    for number in 1...51 {
      scene.feed(publishPacket("a", "x", first: 0x34, number: UInt16(number)))
    }
    #expect(scene.notices.contains(.closedHere(.receiveMaximumExceeded)))
  }

  @Test func `a broker of 5 0 says why it leaves`() {
    var options = BridgeScene.options(.in("a"))
    options.version = .mqtt50
    let scene = BridgeScene(options)
    scene.wait(0)
    _ = scene.dialed()
    scene.feed("2003000000")
    scene.feed("e0018b")
    #expect(scene.notices.last == .ended(address: 0, .left(ReasonCode(rawValue: 0x8B))))
  }

  @Test func `a torn packet waits for the rest of it`() {
    let scene = BridgeScene(BridgeScene.options(.in("a")))
    scene.connect()
    scene.subscribe("a")
    let packet = bytes(publishPacket("a", "xyz"))
    var pending: [UInt8] = []
    for octet in packet {
      pending.append(octet)
      let used = scene.bridge.receive(
        pending.span, hub: &scene.broker, commands: &scene.commands, at: scene.now)
      pending.removeFirst(used)
    }
    scene.perform()
    #expect(pending.isEmpty && scene.heard == ["a xyz"])
  }
}
