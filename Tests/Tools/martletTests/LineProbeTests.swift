import Datagrams
import MQTTTerms
import SerialFraming
import Testing

@testable import martlet

/// CONNECT, PUBLISH at QoS −1 and PINGREQ of a node.
private let messages: [[UInt8]] = [
  [7, 4, 4, 1, 0, 10, 0x6E], [9, 0x0C, 0x62, 0x78, 0x79, 0, 0, 0x32, 0x31], [2, 0x16],
]

private func framed(_ format: LineFormat, _ body: [UInt8]) throws -> [UInt8] {
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1000, alignment: 1)
  defer { buffer.deallocate() }
  var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
  try LineWriter(format).encode(body.span, isOpening: true, into: &output)
  return Array(buffer[..<output.finalize(for: buffer)])
}

/// A receive packet of a radio without an octet that mode 2 escapes, unless `isDigi`.
private func packet(_ body: [UInt8], isDigi: Bool, escaping: Bool) -> [UInt8] {
  let wide: [UInt8] = isDigi ? [0, 0x13, 0xA2, 0, 1, 2, 3, 4] : [0, 0, 0, 0, 1, 2, 3, 4]
  let data = [0x90] + wide + [0xFF, 0xFE, 1] + body
  let inside = [0, UInt8(data.count)] + data + [0xFF &- data.reduce(0, &+)]
  let special: [UInt8] = [0x7E, 0x7D, 0x11, 0x13]
  return [0x7E]
    + (escaping ? inside.flatMap { special.contains($0) ? [0x7D, $0 ^ 0x20] : [$0] } : inside)
}

private func probe(_ octets: [UInt8]) -> LineProbe {
  var probe = LineProbe()
  probe.take(octets.span, at: TickTime(milliseconds: 0))
  return probe
}

@Suite struct LineProbeTests {
  @Test(arguments: [LineFormat.hdlc, .raw])
  func `a line of messages is recognised`(format: LineFormat) throws {
    let found = probe(try messages.flatMap { try framed(format, $0) })
    #expect(found.verdict == .format(format) && found.messageCount == 3)
  }

  @Test func `a radio's line is recognised with its mode, where that can be told`() {
    let plain = probe(messages.flatMap { packet($0, isDigi: true, escaping: false) })
    #expect(plain.verdict == .format(.xbee1) && plain.messageCount == 3 && plain.isSure)
    let escaped = probe(messages.flatMap { packet($0, isDigi: true, escaping: true) })
    #expect(escaped.verdict == .format(.xbee2) && escaped.isSure)
    let either = probe(packet(messages[2], isDigi: false, escaping: false))
    #expect(either.verdict == .xbee && !either.isSure)
    #expect(
      either.advice(path: "/dev/x", rate: 9600).contains("serial_framing xbee\n# serial_xbee"))
  }

  @Test func `noise before and between frames changes nothing`() throws {
    var octets: [UInt8] = [0x55, 0xAA, 0x00]
    for message in messages { octets += try framed(.hdlc, message) + [0xC3, 0x28] }
    #expect(probe(octets).verdict == .format(.hdlc))
  }

  @Test(arguments: 1...50 as ClosedRange<UInt64>)
  func `noise is nothing that is known`(seed: UInt64) {
    var state = seed
    let octets = (0..<2000).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 40)
    }
    #expect(probe(octets).verdict == .unknown)
  }

  @Test func `text and frames of something else are nothing that is known`() throws {
    #expect(probe([]).summary == "nothing heard")
    #expect(probe(Array("OK\r\nboot: ready\r\n".utf8)).verdict == .unknown)
    let stranger = try framed(.hdlc, [0xC0, 0x21, 1, 1])
    #expect(probe(stranger).verdict == .unknown)
    #expect(probe([0x7E, 0x7E, 0x7E]).summary == "3 octets, no frames with MQTT-SN")
  }

  @Test func `the advice is what the configuration needs`() throws {
    let found = probe(try framed(.hdlc, messages[0]))
    #expect(
      found.advice(path: "/dev/x", rate: 9600)
        == "\nserial /dev/x\nserial_baud 9600\nserial_framing hdlc\n")
    #expect(found.summary == "11 octets, 1 messages in hdlc")
  }
}

@Suite struct PortListTests {
  @Test func `ports stand in columns`() {
    var adapter = SerialPorts.Entry(path: "/dev/ttyUSB0")
    adapter.usb = SerialPorts.USBNumbers(vendor: 0x0403, product: 0x6001)
    adapter.serialNumber = "A50285BI"
    adapter.manufacturer = "FTDI"
    adapter.product = "FT232R\u{1B}[2J"
    adapter.links = ["/dev/martlet/A50285BI", "/dev/serial/by-id/usb-FTDI"]
    let text = PortList.text(of: [SerialPorts.Entry(path: "/dev/ttyS0"), adapter])
    #expect(
      text == """
        PATH          USB        SERIAL NUMBER  MAKER  PRODUCT     STABLE NAMES
        /dev/ttyS0    -          -              -      -           -
        /dev/ttyUSB0  0403:6001  A50285BI       FTDI   FT232R?[2J  /dev/martlet/A50285BI /dev/serial/by-id/usb-FTDI

        """)
  }

  @Test func `no ports are told of too`() {
    #expect(PortList.text(of: []) == "No serial ports found.\n")
  }
}
