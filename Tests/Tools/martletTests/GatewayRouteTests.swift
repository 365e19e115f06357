import ClientIO
import Testing

@testable import martlet

@Suite struct GatewayRouteTests {
  @Test(arguments: [
    ("udp://localhost:1884", GatewayRoute.Way.udp(host: "localhost", port: 1884)),
    ("udp://[::1]:1884", .udp(host: "::1", port: 1884)),
    ("serial:/dev/ttyUSB0", .serial(path: "/dev/ttyUSB0", baud: 57_600, format: .raw)),
    ("serial:/dev/ttyUSB0,9600", .serial(path: "/dev/ttyUSB0", baud: 9_600, format: .raw)),
    ("serial:/a,b", .serial(path: "/a,b", baud: 57_600, format: .raw)),
  ])
  func `a way to a gateway has two forms`(text: String, way: GatewayRoute.Way) {
    #expect(GatewayRoute.Way(text, baud: 57_600, format: .raw) == way)
  }

  @Test(arguments: [
    "", "udp://", "udp://:1884", "udp://host", "udp://host:", "udp://host:0", "udp://host:65536",
    "udp://::1:1884", "udp://[]:1884", "tcp://host:1884", "serial:", "serial:,9600",
    "serial:/dev/x,0", "host:1884",
  ])
  func `what has neither form is refused`(text: String) {
    #expect(GatewayRoute.Way(text, format: .hdlc) == nil)
  }
}
