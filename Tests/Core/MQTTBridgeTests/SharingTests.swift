import BrokerCore
import MQTTBridge
import MQTTCodec
import MQTTTerms
import SessionLink
import Testing

@Suite struct SharingTests {
  @Test func `messages go out under the remote name, and are settled`() {
    let scene = BridgeScene(BridgeScene.options(.out("a/#", .exactlyOnce, "l/", "r/")))
    scene.connect()
    scene.publish("l/a/1", "x")
    #expect(scene.sent() == publishPacket("r/a/1", "x"))
    scene.publish("l/a/1", "y", qos: .atLeastOnce)
    #expect(scene.sent() == publishPacket("r/a/1", "y", first: 0x32, number: 1))
    #expect(scene.feed("40020001") == "")
    scene.publish("l/a/1", "z", qos: .exactlyOnce)
    #expect(scene.sent() == publishPacket("r/a/1", "z", first: 0x34, number: 2))
    #expect(scene.feed("50020002") == "62020002")
    #expect(scene.feed("70020002") == "")
    #expect(scene.messageCount == 0)
  }

  @Test func `messages come in under the local name, and are answered`() {
    let scene = BridgeScene(BridgeScene.options(.in("b/#", .exactlyOnce, "l/", "r/")))
    scene.connect()
    scene.subscribe("l/#")
    #expect(scene.feed(publishPacket("r/b", "x")) == "")
    #expect(scene.feed(publishPacket("r/b/1", "y", first: 0x32, number: 9)) == "40020009")
    #expect(scene.feed(publishPacket("r/b/2", "z", first: 0x35, number: 10)) == "5002000a")
    #expect(scene.feed("6202000a") == "7002000a")
    #expect(scene.heard == ["l/b x", "l/b/1 y", "l/b/2 z r"])
  }

  @Test func `a topic with nothing but prefixes is renamed as a whole`() {
    let scene = BridgeScene(BridgeScene.options(.both("", .atMostOnce, "here", "there")))
    scene.connect()
    scene.subscribe("#")
    scene.publish("here", "x")
    #expect(scene.sent() == publishPacket("there", "x"))
    scene.feed(publishPacket("there", "y"))
    #expect(scene.heard == ["here x", "here y"])
  }

  @Test func `shared subscriptions are shared like others`() {
    let scene = BridgeScene(
      BridgeScene.options(.in("a/#", .atMostOnce, "l/", "$share/g/"), .out("$share/h/b")))
    scene.wait(0)
    _ = scene.dialed()
    let subscribe = "8211ffff000c" + hexadecimal("$share/g/a/#") + "00"
    #expect(scene.feed("20020000") == subscribe)
    scene.grant(subscribe)
    scene.subscribe("l/#")
    scene.feed(publishPacket("a/1", "x"))
    #expect(scene.heard == ["l/a/1 x"])
    scene.publish("b", "y")
    #expect(scene.sent() == publishPacket("b", "y"))
  }

  @Test func `what comes from the remote broker does not go back there`() {
    let scene = BridgeScene(BridgeScene.options(.both("#", .atLeastOnce)))
    scene.connect()
    scene.subscribe("#")
    #expect(scene.feed(publishPacket("a", "x", first: 0x33, number: 1)) == "40020001")
    #expect(scene.heard == ["a x r"])
    scene.lose()
    // Neither does it as a retained message, when the bridge subscribes again.
    scene.wait(1000)
    _ = scene.dialed()
    #expect(scene.feed("20020100") == "8206ffff00012301")
  }

  @Test func `RETAIN goes out as it was published, or not at all`() {
    for keepsRetain in [true, false] {
      var options = BridgeScene.options(.out("a"))
      options.keepsRetain = keepsRetain
      let scene = BridgeScene(options)
      scene.connect()
      scene.publish("a", "x", retain: true)
      #expect(scene.sent() == publishPacket("a", "x", first: keepsRetain ? 0x31 : 0x30))
      scene.publish("a", "y")
      #expect(scene.sent() == publishPacket("a", "y"))
    }
  }

  @Test func `retained messages go out at each connection`() {
    let scene = BridgeScene(BridgeScene.options(.out("a")))
    scene.publish("a", "x", retain: true)
    scene.wait(0)
    _ = scene.dialed()
    #expect(scene.feed("20020000") == "a205ffff000161" + publishPacket("a", "x", first: 0x31))
  }

  @Test func `what is published while the remote broker is away goes out later`() {
    let scene = BridgeScene(BridgeScene.options(.out("a", .atLeastOnce)))
    scene.publish("a", "1", qos: .atLeastOnce)
    scene.publish("a", "lost")
    scene.wait(0)
    _ = scene.dialed()
    let first = publishPacket("a", "1", first: 0x32, number: 1)
    #expect(scene.feed("20020000") == "a205ffff000161" + first)
    scene.lose()
    scene.publish("a", "2", qos: .atLeastOnce)
    scene.wait(1000)
    _ = scene.dialed()
    let again = scene.feed("20020100")
    #expect(again.contains(publishPacket("a", "1", first: 0x3A, number: 1)))
    #expect(again.contains(publishPacket("a", "2", first: 0x32, number: 2)))
    #expect(!again.contains(hexadecimal("lost")))
    scene.feed("40020001")
    scene.feed("40020002")
    #expect(scene.messageCount == 0)
  }

  @Test func `nothing waits for a bridge whose local session is clean`() {
    var options = BridgeScene.options(.out("a", .atLeastOnce))
    options.local.isClean = true
    let scene = BridgeScene(options)
    scene.publish("a", "1", qos: .atLeastOnce)
    scene.wait(0)
    _ = scene.dialed()
    #expect(scene.feed("20020000") == "a205ffff000161")
    scene.publish("a", "2", qos: .atLeastOnce)
    #expect(scene.sent() == publishPacket("a", "2", first: 0x32, number: 1))
    scene.lose()
    #expect(scene.messageCount == 0 && scene.sessionCount == 1)
  }

  @Test func `what waits for a bridge waits for ever`() {
    let scene = BridgeScene(BridgeScene.options(.out("a", .atLeastOnce)))
    scene.publish("a", "1", qos: .atLeastOnce)
    scene.advanceBroker(by: 20 * 365 * 86_400_000)
    #expect(scene.messageCount == 1 && scene.sessionCount == 2)
  }

  @Test func `nothing is retained where nothing is to be`() {
    var options = BridgeScene.options(.in("a"))
    options.limits.isRetainAvailable = false
    let scene = BridgeScene(options)
    scene.connect()
    scene.subscribe("a")
    scene.feed(publishPacket("a", "x", first: 0x31))
    #expect(scene.heard == ["a x"] && scene.isConnected)
  }

  @Test func `a queue for a bridge has the limits of other queues`() {
    var limits = BrokerLimits()
    limits.queuedMessages = 2
    let scene = BridgeScene(BridgeScene.options(.out("a", .atLeastOnce)), limits: limits)
    for number in 0..<5 { scene.publish("a", "\(number)", qos: .atLeastOnce) }
    scene.wait(0)
    _ = scene.dialed()
    let sent = scene.feed("20020000")
    #expect(sent.contains(publishPacket("a", "1", first: 0x32, number: 2)))
    #expect(!sent.contains(publishPacket("a", "2", first: 0x32, number: 3)))
  }

  @Test func `a remote broker that has forgotten its QoS 2 messages may use their identifiers`() {
    let scene = BridgeScene(BridgeScene.options(.in("a", .exactlyOnce)))
    scene.connect()
    scene.subscribe("a")
    #expect(scene.feed(publishPacket("a", "x", first: 0x34, number: 1)) == "50020001")
    scene.lose()
    // The session there goes on: the same message again.
    scene.wait(1000)
    _ = scene.dialed()
    scene.feed("20020100")
    scene.feed("9003ffff02")
    #expect(scene.feed(publishPacket("a", "x", first: 0x3C, number: 1)) == "50020001")
    #expect(scene.heard == ["a x"])
    scene.lose()
    // A new session there: another message.
    scene.wait(1000)
    _ = scene.dialed()
    scene.feed("20020000")
    scene.feed("9003ffff02")
    #expect(scene.feed(publishPacket("a", "y", first: 0x34, number: 1)) == "50020001")
    #expect(scene.heard == ["a x", "a y"])
  }

  @Test func `a larger packet than may be sent is dropped, and the next one goes`() {
    for version in [BridgeVersion.mqtt311, .mqtt50] {
      var options = BridgeScene.options(.out("a", .atLeastOnce))
      options.maximumPacketSize = 30
      options.version = version.protocolVersion
      let scene = BridgeScene(options)
      scene.wait(0)
      _ = scene.dialed()
      scene.feed(version == .mqtt50 ? "2003000000" : "20020000")
      scene.feed(version == .mqtt50 ? "b004ffff0000" : "b002ffff")
      scene.publish("a", String(repeating: "x", count: 40), qos: .atLeastOnce)
      #expect(scene.sent() == "")
      #expect(scene.notices.contains(.unsent(topic: "a")))
      scene.publish("a", "y", qos: .atLeastOnce)
      #expect(scene.sent().hasSuffix("0002" + (version == .mqtt50 ? "00" : "") + "79"))
      #expect(scene.messageCount == 1)
    }
  }

  enum BridgeVersion {
    case mqtt311, mqtt50

    var protocolVersion: ProtocolVersion { self == .mqtt50 ? .mqtt50 : .mqtt311 }
  }

  @Test func `a remote broker of 5 0 is asked for no more than it can do`() {
    var options = BridgeScene.options(.out("a", .exactlyOnce))
    options.version = .mqtt50
    let scene = BridgeScene(options)
    scene.wait(0)
    _ = scene.dialed()
    // Receive Maximum 1, Maximum QoS 1, Retain Available 0.
    scene.feed("200a" + "0000" + "07" + "210001" + "2401" + "2500")
    scene.feed("b004ffff0000")
    scene.publish("a", "x", qos: .exactlyOnce, retain: true)
    scene.publish("a", "y", qos: .exactlyOnce)
    #expect(scene.sent() == "3207" + "000161" + "0001" + "00" + "78")
    #expect(scene.feed("40020001") == "3207" + "000161" + "0002" + "00" + "79")
  }

  @Test func `properties travel over a bridge of 5 0, under an alias`() {
    var options = BridgeScene.options(.both("a"))
    options.version = .mqtt50
    let scene = BridgeScene(options)
    scene.wait(0)
    _ = scene.dialed()
    // Topic Alias Maximum 1.
    scene.feed("2006" + "0000" + "03" + "220001")
    scene.feed("9004ffff0000")
    scene.subscribe("a")
    scene.publish("a", "x")
    #expect(scene.sent() == "3008" + "000161" + "03" + "230001" + "78")
    scene.publish("a", "y")
    #expect(scene.sent() == "3007" + "0000" + "03" + "230001" + "79")
    // A Subscription Identifier of the remote broker is nobody else's business.
    scene.feed("3007" + "000161" + "02" + "0b05" + "7a")
    #expect(scene.heard == ["a x", "a y", "a z"])
  }

  @Test func `rules leave a bridge alone, unless it is a user`() {
    final class Nothing: AccessRules {
      func allows(_ access: Access, _ topic: Span<UInt8>, for peer: borrowing Peer) -> Bool {
        access == .connect || access == .subscribe
      }
    }
    for isUser in [false, true] {
      var options = BridgeScene.options(.both("a"))
      if isUser { options.local.userName = Array("u".utf8) }
      let policy = AccessPolicy(allowsAnonymous: true, rules: Nothing())
      let scene = BridgeScene(options, policy: policy)
      scene.connect()
      scene.subscribe("a")
      scene.publish("a", "x")
      #expect(scene.sent() == (isUser ? "" : publishPacket("a", "x")))
      scene.feed(publishPacket("a", "y"))
      #expect(scene.heard == (isUser ? ["a x"] : ["a x", "a y"]))
    }
  }

  @Test func `a bridge that ends leaves nothing behind`() {
    let scene = BridgeScene(BridgeScene.options(.out("a", .atLeastOnce)))
    scene.connect()
    scene.publish("a", "x", qos: .atLeastOnce)
    scene.retire(keepingSession: false)
    #expect(scene.sent().hasSuffix("e000"))
    #expect(scene.requests() == [.hangUp])
    #expect(scene.sessionCount == 1 && scene.messageCount == 0)
  }

  @Test func `what was shared before is shared no more`() {
    var options = BridgeScene.options(.out("a", .atLeastOnce), .in("b"))
    options.formerTopics = [.out("a", .atLeastOnce), .out("c"), .in("d"), .in("b")]
    let scene = BridgeScene(options)
    scene.wait(0)
    _ = scene.dialed()
    scene.feed("20020000")
    #expect(scene.feed("9003ffff00") == "a208ffff000161000164")
  }
}
