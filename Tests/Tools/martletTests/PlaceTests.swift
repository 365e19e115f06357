import ConfigurationFile
import GatewayIO
import Reactor
import Testing

@testable import martlet

/// Places in a configuration that only the system knows the meaning of.
@Suite struct PlaceTests {
  private func groups(_ texts: String...) throws -> [SocketAddress] {
    var listener = ListenerSettings(port: 1884, speech: .mqttsn)
    listener.multicastGroups = texts
    return try listener.resolvedGroups(port: 1885)
  }

  @Test func `a multicast group has a port of its own, or the listener's`() throws {
    let found = try groups("225.1.1.1 1883", "239.1.2.3", "ff02::1:5%lo 7", "ff05::1:5")
    #expect(found[0] == .ipv4(225, 1, 1, 1, port: 1883))
    #expect(found[1] == .ipv4(239, 1, 2, 3, port: 1885))
    #expect(found[2].family == .ipv6 && found[2].port == 7 && found[2].interfaceIndex > 0)
    #expect(found[3].family == .ipv6 && found[3].port == 1885 && found.count == 4)
  }

  @Test(arguments: ["10.0.0.1", "225.1.1.1 x", "225.1.1.1 0", "225.1.1.1 1 2", "::1"])
  func `what is no group is refused by name`(_ text: String) {
    let error = #expect(throws: SystemError.self) { try groups(text) }
    #expect(error?.description == "join \(text): it is no multicast group")
  }

  @Test func `a group of one link needs its interface`() {
    let error = #expect(throws: SystemError.self) { try groups("ff02::1:5 1883") }
    #expect(
      error?.description == "join ff02::1:5 1883: it needs an interface, as ff02::1:5%eth0")
  }

  @Test func `a node's place is a host, a serial line, a listener, or anywhere`() throws {
    func place(_ text: String?) throws -> NodePlace {
      try NodeSettings(clientID: "n", place: text, userName: "u").resolvedPlace()
    }
    #expect(try place(nil) == .anywhere)
    #expect(try place("/dev/ttyS0") == .serial("/dev/ttyS0"))
    #expect(try place("udp:1884") == .socket(port: 1884))
    #expect(try place("192.0.2.7") == .host([.ipv4(192, 0, 2, 7, port: 0)]))
    #expect(try place("::1") == .host([.ipv6Loopback(port: 0)]))
  }
}
