import BrokerCore
import MQTTBridge
import MQTTTerms
import SessionLink
import Slabs
import Testing

/// Leaves every answer for later.
private final class LateAuthenticator: Authenticator {
  func begin(
    _ login: borrowing Login, of link: LinkID, reply: inout Slab<UInt8>
  ) -> LoginVerdict {
    .pending
  }

  func proceed(
    _ data: Span<UInt8>, of link: LinkID, reply: inout Slab<UInt8>
  ) -> LoginVerdict {
    .pending
  }

  func forget(_ link: LinkID) {}
}

@Suite struct RestartingTests {
  @Test func `a constant wait is constant`() {
    let scene = BridgeScene(BridgeScene.options(.out("a")))
    scene.wait(0)
    for _ in 0..<5 {
      #expect(scene.requests() == [.dial(address: 0)])
      scene.dialFailed()
      scene.wait(999)
      #expect(scene.requests().isEmpty)
      scene.wait(1)
    }
  }

  @Test func `waits are drawn between base and cap, and differ`() {
    var options = BridgeScene.options(.out("a"))
    (options.restart.base, options.restart.cap) = (5000, 30_000)
    let scene = BridgeScene(options)
    scene.wait(0)
    var waits: [LinkTime] = []
    for _ in 0..<50 {
      scene.dialFailed()
      let wait = (scene.deadline ?? 0) - scene.now
      waits.append(wait)
      scene.wait(wait)
    }
    #expect(waits.allSatisfy { (5000...30_000).contains($0) })
    #expect(Set(waits).count > 20)
    #expect(waits[0] <= 15_000 && waits.contains { $0 > 15_000 })
  }

  @Test func `the wait is short again only after a stable connection`() {
    var options = BridgeScene.options(.out("a"))
    (options.restart.base, options.restart.cap, options.restart.stable) = (1000, 900_000, 10_000)
    let scene = BridgeScene(options)
    scene.wait(0)
    var longest: LinkTime = 0
    for _ in 0..<60 {
      scene.dialFailed()
      longest = (scene.deadline ?? 0) - scene.now
      scene.wait(longest)
      if longest > 100_000 { break }
    }
    #expect(longest > 100_000)
    scene.connect()
    scene.wait(10_000)
    scene.lose()
    #expect((scene.deadline ?? 0) - scene.now <= 3000)
  }

  @Test func `all addresses are tried before there is a wait`() {
    var options = BridgeScene.options(.out("a"))
    options.addressCount = 3
    let scene = BridgeScene(options)
    scene.wait(0)
    #expect(scene.requests() == [.dial(address: 0)])
    scene.dialFailed()
    #expect(scene.requests() == [.dial(address: 1)])
    scene.dialFailed()
    #expect(scene.requests() == [.dial(address: 2)])
    scene.dialFailed()
    #expect(scene.requests().isEmpty)
    scene.wait(1000)
    #expect(scene.requests() == [.dial(address: 0)])
  }

  @Test func `a bridge goes back to its first address`() {
    var options = BridgeScene.options(.out("a"))
    options.addressCount = 2
    let scene = BridgeScene(options)
    scene.wait(0)
    scene.dialFailed()
    _ = scene.requests()
    _ = scene.dialed()
    scene.feed("20020000")
    scene.feed("b002ffff")
    #expect(scene.isConnected)
    scene.wait(1000)
    #expect(scene.requests() == [.probe(address: 0)])
    scene.probed(isThere: false)
    #expect(scene.isConnected && scene.requests().isEmpty)
    scene.wait(1000)
    #expect(scene.requests() == [.probe(address: 0)])
    scene.probed(isThere: true)
    #expect(scene.sent() == "e000")
    #expect(scene.requests() == [.hangUp, .dial(address: 0)])
    #expect(scene.notices.contains(.returning))
  }

  @Test func `a first address that answers and refuses is left alone for longer and longer`() {
    var options = BridgeScene.options(.out("a"))
    options.addressCount = 2
    let scene = BridgeScene(options)
    scene.wait(0)
    var waits: [LinkTime] = []
    for _ in 0..<4 {
      #expect(scene.requests().contains(.dial(address: 0)))
      _ = scene.dialed()
      scene.feed("20020005")
      scene.wait(1000)
      #expect(scene.requests() == [.hangUp, .dial(address: 1)])
      scene.grant(scene.dialed())
      scene.grant(scene.feed("20020000"))
      let start = scene.now
      while scene.isConnected, !scene.requests().contains(.probe(address: 0)) {
        scene.wait(max((scene.deadline ?? 0) - scene.now, 1))
        if scene.sent() == "c000" { scene.feed("d000") }
      }
      waits.append(scene.now - start)
      scene.probed(isThere: true)
    }
    #expect(waits == [2000, 4000, 8000, 16_000])
  }

  @Test func `with round robin no address comes first`() {
    var options = BridgeScene.options(.out("a"))
    options.addressCount = 2
    options.isRoundRobin = true
    let scene = BridgeScene(options)
    scene.connect()
    scene.lose()
    _ = scene.requests()
    scene.wait(1000)
    #expect(scene.requests() == [.dial(address: 1)])
    _ = scene.dialed()
    scene.feed("20020000")
    scene.feed("b002ffff")
    scene.wait(5000)
    #expect(scene.requests().isEmpty && scene.isConnected)
  }

  @Test func `once is once`() {
    var options = BridgeScene.options(.out("a"))
    options.start = .once
    let scene = BridgeScene(options)
    scene.connect()
    scene.lose()
    _ = scene.requests()
    #expect(scene.deadline == nil)
    scene.wait(100_000)
    #expect(scene.requests().isEmpty)
  }

  @Test func `once is once for a bridge that is refused, too`() {
    var options = BridgeScene.options(.out("a"))
    options.start = .once
    let scene = BridgeScene(options)
    scene.wait(0)
    _ = scene.requests()
    _ = scene.dialed()
    scene.feed("20020005")
    #expect(scene.requests() == [.hangUp] && scene.deadline == nil)
  }

  @Test func `a lazy bridge that finds nobody tries again`() {
    var options = BridgeScene.options(.out("a"))
    (options.start, options.threshold) = (.lazy, 1)
    let scene = BridgeScene(options)
    scene.wait(0)
    scene.publish("a", "1")
    #expect(scene.requests() == [.dial(address: 0)])
    scene.dialFailed()
    #expect(scene.requests().isEmpty && scene.deadline == scene.now + 1000)
    scene.wait(1000)
    #expect(scene.requests() == [.dial(address: 0)])
  }

  @Test func `a lazy bridge connects for what waits, and leaves when nothing goes over it`() {
    var options = BridgeScene.options(.out("a"))
    (options.start, options.threshold, options.idleTimeout) = (.lazy, 3, 10_000)
    let scene = BridgeScene(options)
    scene.wait(60_000)
    #expect(scene.requests().isEmpty)
    scene.publish("a", "1")
    scene.publish("a", "2")
    #expect(scene.requests().isEmpty)
    scene.publish("a", "3")
    #expect(scene.requests() == [.dial(address: 0)])
    _ = scene.dialed()
    let sent = scene.feed("20020000")
    for payload in ["1", "2", "3"] { #expect(sent.contains(publishPacket("a", payload))) }
    scene.feed("b002ffff")
    scene.wait(9000)
    scene.publish("a", "4")
    #expect(scene.sent() == publishPacket("a", "4"))
    scene.wait(9000)
    #expect(scene.isConnected)
    scene.wait(1000)
    #expect(scene.requests() == [.hangUp] && scene.notices.contains(.idle))
    #expect(scene.sent() == "e000")
    for number in 0..<3 { scene.publish("a", "\(number)") }
    #expect(scene.requests() == [.dial(address: 0)])
  }

  @Test(arguments: [QoS.atMostOnce, .atLeastOnce])
  func `what waits for a lazy bridge waits for the one that takes its place, too`(qos: QoS) {
    for isUser in [false, true] {
      var options = BridgeScene.options(.out("a", qos))
      (options.start, options.threshold) = (.lazy, 3)
      if isUser { options.local.userName = Array("u".utf8) }
      let policy = AccessPolicy(allowsAnonymous: true, authenticator: LateAuthenticator())
      let scene = BridgeScene(options, policy: policy)
      if isUser { scene.acceptLogin() }
      scene.publish("a", "1", qos: qos)
      options.idleTimeout = 30_000
      scene.replace(with: options)
      scene.publish("a", "2", qos: qos)
      if isUser { scene.acceptLogin() }
      #expect(scene.requests().isEmpty)
      scene.publish("a", "3", qos: qos)
      #expect(scene.requests() == [.dial(address: 0)])
      _ = scene.dialed()
      // None of them is a duplicate: they go out for the first time.
      let first: UInt8 = qos == .atMostOnce ? 0x30 : 0x32
      let packets = (1...3).map {
        publishPacket(
          "a", "\($0)", first: first, number: qos == .atMostOnce ? nil : UInt16($0))
      }
      #expect(scene.feed("20020000").hasSuffix(packets.joined()))
    }
  }

  @Test func `a silent remote broker is asked whether it is there`() {
    var options = BridgeScene.options(.out("a"))
    options.keepAlive = 10
    let scene = BridgeScene(options)
    scene.connect()
    scene.wait(9999)
    #expect(scene.sent() == "")
    scene.wait(1)
    #expect(scene.sent() == "c000")
    scene.feed("d000")
    scene.wait(10_000)
    #expect(scene.sent() == "c000")
    scene.wait(10_000)
    #expect(scene.notices.last == .ended(address: 0, .noAnswer("PINGRESP")))
    #expect(scene.requests() == [.hangUp])
  }

  @Test func `a remote broker that never answers CONNECT is given up`() {
    let scene = BridgeScene(BridgeScene.options(.out("a")))
    scene.wait(0)
    _ = scene.requests()
    _ = scene.dialed()
    scene.wait(59_999)
    #expect(scene.requests().isEmpty)
    scene.wait(1)
    #expect(scene.notices.last == .ended(address: 0, .noAnswer("CONNACK")))
    #expect(scene.requests() == [.hangUp])
    scene.wait(1000)
    #expect(scene.requests() == [.dial(address: 0)])
  }

  @Test func `a host that never answers is given up`() {
    let scene = BridgeScene(BridgeScene.options(.out("a")))
    scene.wait(0)
    _ = scene.requests()
    scene.wait(60_000)
    #expect(scene.requests() == [.hangUp])
    #expect(scene.notices.last == .unreachable(address: 0, reason: "no answer in time"))
  }
}
