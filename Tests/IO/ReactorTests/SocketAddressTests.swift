import Glibc
import Testing

@testable import Reactor

@Suite struct SocketAddressTests {
  @Test func `addresses print as they are written`() throws {
    #expect(SocketAddress.ipv4(127, 0, 0, 1, port: 1883).description == "127.0.0.1:1883")
    #expect(SocketAddress.ipv6Loopback(port: 1883).description == "[::1]:1883")
    #expect(SocketAddress.unix.description == "unix socket")
    #expect(SocketAddress.ipv4(192, 168, 7, 255, port: 0).host == "192.168.7.255")
  }

  @Test func `numeric hosts resolve to themselves`() throws {
    let four = try SocketAddress.resolve(host: "127.0.0.1", port: 1883)
    let six = try SocketAddress.resolve(host: "::1", port: 65535)
    #expect(four == [.ipv4(127, 0, 0, 1, port: 1883)])
    #expect(six == [.ipv6Loopback(port: 65535)])
  }

  @Test func `localhost is loopback alone, each address once`() throws {
    let found = try SocketAddress.resolve(host: "localhost", port: 7)
    #expect(!found.isEmpty && Set(found).count == found.count)
    for address in found { #expect(address.isLoopback && address.port == 7) }
  }

  @Test func `no host means every interface`() throws {
    let found = try SocketAddress.everyInterface(port: 9)
    #expect(found.contains { $0.host == "0.0.0.0" || $0.host == "::" })
    #expect(!found.contains { $0.isLoopback })
  }

  @Test(arguments: ["", "no such host!", "256.1.1.1.1"])
  func `a host that is none says so`(host: String) {
    #expect {
      try SocketAddress.resolve(host: host, port: 1)
    } throws: { error in
      let text = "\(error)"
      return text.hasPrefix("look up \(host): ") && text.count > "look up \(host): ".count
    }
  }

  @Test func `the system's form and back gives the same address`() {
    let addresses: [SocketAddress] = [
      .ipv4(10, 1, 2, 3, port: 1884), .ipv6Loopback(port: 80), .ipv4(255, 255, 255, 255, port: 0),
    ]
    for address in addresses {
      let again = address.withSystemForm { SocketAddress(system: $0, length: Int($1)) }
      #expect(again == address)
      let short = address.withSystemForm { SocketAddress(system: $0, length: Int($1) - 1) }
      #expect(short == nil)
    }
  }

  @Test func `groups are told from hosts`() throws {
    #expect(SocketAddress.ipv4(225, 1, 1, 1, port: 1).isMulticast)
    #expect(SocketAddress.ipv4(239, 255, 255, 255, port: 1).isMulticast)
    #expect(!SocketAddress.ipv4(127, 0, 0, 1, port: 1).isMulticast)
    #expect(try SocketAddress.resolve(host: "ff02::1", port: 1)[0].isMulticast)
    #expect(!SocketAddress.ipv6Loopback(port: 1).isMulticast)
  }

  @Test func `an address is a small key`() {
    #expect(MemoryLayout<SocketAddress>.size <= 32)
    #expect(MemoryLayout<SocketAddress>.stride <= 32)
  }
}
