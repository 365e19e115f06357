import MQTTBridge
import MQTTCodec
import MQTTTerms
import SessionLink
import Testing

private let mqtt311 = "00044d515454"

@Suite struct ConnectingTests {
  @Test func `a bridge introduces itself and shares its topics`() {
    let scene = BridgeScene(BridgeScene.options(.out("a"), .in("b/#", .exactlyOnce)))
    scene.wait(0)
    #expect(scene.requests() == [.dial(address: 0)])
    // The mark is in the Protocol Level; the session is kept; 60 seconds.
    #expect(scene.dialed() == "100f\(mqtt311)8400003c0003622e68")
    #expect(scene.feed("20020000") == "8208ffff0003" + hexadecimal("b/#") + "02")
    #expect(scene.feed("9003ffff02") == "a205ffff000161")
    #expect(scene.feed("b002ffff") == "")
    #expect(scene.notices == [.connecting(address: 0), .connected(address: 0)])
  }

  @Test func `nothing is said of a bridge that is to be a client like others`() {
    var options = BridgeScene.options(.in("b"), .out("a"))
    (options.showsBridge, options.unsubscribes) = (false, false)
    let scene = BridgeScene(options)
    scene.wait(0)
    #expect(scene.dialed() == "100f\(mqtt311)0400003c0003622e68")
    #expect(scene.feed("20020000") == "8206ffff00016200")
    #expect(scene.feed("9003ffff00") == "")
  }

  @Test func `user name, password and a clean session are in CONNECT`() {
    var options = BridgeScene.options(.out("a"))
    options.remote.userName = Array("u".utf8)
    options.remote.password = Array("p".utf8)
    options.remote.isClean = true
    options.keepAlive = 5
    options.version = .mqtt31
    let scene = BridgeScene(options)
    scene.wait(0)
    #expect(scene.dialed() == "101700064d514973647083c200050003622e68000175000170")
  }

  @Test func `a broker that does not know the mark is called without it`() {
    let scene = BridgeScene(BridgeScene.options(.out("a")))
    scene.wait(0)
    _ = scene.dialed()
    scene.feed("20020001")
    #expect(scene.requests().last == .hangUp)
    #expect(
      scene.notices.contains(
        .refused(
          address: 0, ConnectReturnCode.unacceptableProtocolVersion.reasonCode)))
    scene.wait(1000)
    #expect(scene.dialed() == "100f\(mqtt311)0400003c0003622e68")
  }

  @Test func `whether it is connected stands on both brokers`() {
    var options = BridgeScene.options(.out("a"))
    options.notificationTopic = Array("s".utf8)
    let scene = BridgeScene(options)
    scene.subscribe("s")
    scene.wait(0)
    // A will of QoS 1 that is retained: "s" "0".
    #expect(scene.dialed() == "1015\(mqtt311)842c003c0003622e68000173000130")
    #expect(scene.feed("20020000") == "310400017331" + "a205ffff000161")
    scene.lose()
    #expect(scene.heard == ["s 0 r", "s 1 r", "s 0 r"])
  }

  @Test func `only the own broker is told where that is wanted`() {
    var options = BridgeScene.options(.out("a"))
    options.notificationTopic = Array("s".utf8)
    options.notifiesRemote = false
    let scene = BridgeScene(options)
    scene.subscribe("s")
    scene.wait(0)
    #expect(scene.dialed() == "100f\(mqtt311)8400003c0003622e68")
    #expect(scene.feed("20020000") == "a205ffff000161")
    #expect(scene.heard == ["s 0 r", "s 1 r"])
  }

  @Test func `5 0 says what 3 1 1 has marks for`() {
    var options = BridgeScene.options(.both("a", .atLeastOnce))
    options.version = .mqtt50
    options.sessionExpiry = 9
    options.limits.receiveMaximum = 7
    options.limits.topicAliases = 3
    options.limits.packetSize = 1000
    let scene = BridgeScene(options)
    scene.wait(0)
    #expect(
      scene.dialed() == "1020\(mqtt311)0500003c" + "10" + "1100000009" + "210007" + "27000003e8"
        + "220003" + "0003622e68")
    // QoS 1, No Local, Retain As Published.
    #expect(scene.feed("2003000000") == "8207ffff000001610d")
    #expect(scene.feed("9004ffff0001") == "")
  }

  @Test func `a remote broker that lets nobody subscribe is told of`() {
    let scene = BridgeScene(BridgeScene.options(.in("a"), .in("b")))
    scene.connect(codes: "8001")
    #expect(scene.notices.contains(.notSubscribed(filter: "a")))
    #expect(!scene.notices.contains(.notSubscribed(filter: "b")))
  }

  @Test func `the own broker asks for a password where there is a user name`() {
    var options = BridgeScene.options(.out("a"))
    options.local.userName = Array("u".utf8)
    let scene = BridgeScene(options, policy: .init(allowsAnonymous: false))
    #expect(scene.notices == [.refusedHere(.notAuthorized)])
    #expect(scene.requests().isEmpty)
    // It asks again, and does not dial before.
    scene.wait(1000)
    #expect(scene.notices == [.refusedHere(.notAuthorized), .refusedHere(.notAuthorized)])
    #expect(scene.requests().isEmpty)
  }

  @Test func `many topics are asked for in packets of a decent size`() {
    var options = BridgeScene.options()
    for number in 0..<100 {
      options.topics.append(.in("topic/\(number)/" + String(repeating: "x", count: 90)))
    }
    let scene = BridgeScene(options)
    scene.wait(0)
    _ = scene.dialed()
    var answer = scene.feed("20020000")
    var packets = 0
    while answer.hasPrefix("82") {
      packets += 1
      let octets = bytes(answer)
      #expect(octets.count < 4400)
      let filters = octets.dropFirst(5).reduce(into: 0) { $0 += $1 == 0x74 ? 1 : 0 }
      let codes = String(repeating: "00", count: filters)
      answer = scene.feed("90" + hexadecimal(UInt8(2 + filters)) + "ffff" + codes)
    }
    #expect(packets == 3)
    #expect(answer == "" && scene.isConnected)
  }
}
