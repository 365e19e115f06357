import Testing

@Suite struct RegisteringTests {
  @Test func `a name gets an id, and the same one again [SN 6.5]`() {
    var bench = Bench()
    bench.connect("node")
    bench.feed(wire("0A 00 00 00 07 'a/b'"))
    bench.feed(wire("0A 00 00 00 08 'a/c'"))
    bench.feed(wire("0A 00 00 00 09 'a/b'"))
    let sent = bench.sent()
    #expect(
      sent == [wire("0B 00 01 00 07 00"), wire("0B 00 02 00 08 00"), wire("0B 00 01 00 09 00")])
  }

  @Test func `a name that SUBACK gave an id keeps it [SN 6.5]`() {
    var bench = Bench()
    bench.connect("node")
    bench.feed(wire("12 20 00 01 'a/b'"))
    bench.feed(wire("0A 00 00 00 02 'a/b'"))
    let sent = bench.sent()
    #expect(sent == [wire("13 20 00 01 00 01 00"), wire("0B 00 01 00 02 00")])
  }

  @Test func `an id belongs to its node alone [SN 6.5]`() {
    var bench = Bench()
    bench.connect("one", from: 1)
    bench.connect("two", from: 2)
    bench.feed(wire("0A 00 00 00 01 'a/b'"), from: 1)
    bench.feed(wire("0C 20 00 01 00 05 '21'"), from: 2)
    let sent = bench.sent(to: 2)
    #expect(sent == [wire("0D 00 01 00 05 02")])
  }

  @Test(arguments: ["a/#", "+", "a/+/b"])
  func `a name with a wildcard is refused and nobody is cut off [SN 7.3]`(name: String) {
    var bench = Bench()
    bench.connect("node")
    bench.feed(wire("0A 00 00 00 07 '\(name)'"))
    bench.feed(wire("16"))
    let sent = bench.sent()
    #expect(sent == [wire("0B 00 00 00 07 03"), wire("17")])
  }

  @Test func `the limits of names and of their octets mean congestion [SN 7.13]`() {
    var bench = Bench {
      $0.limits.topicsPerNode = 2
      $0.limits.topicOctetsPerNode = 8
    }
    bench.connect("node")
    bench.feed(wire("0A 00 00 00 01 '123456789'"))
    bench.feed(wire("0A 00 00 00 02 'a/b'"))
    bench.feed(wire("0A 00 00 00 03 'a/c'"))
    bench.feed(wire("0A 00 00 00 04 'd'"))
    let codes = bench.sent().map { $0[6] }
    #expect(codes == [1, 0, 0, 1])
  }
}
