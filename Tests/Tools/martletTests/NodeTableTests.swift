import Testing

@testable import martlet

@Suite struct NodeTableTests {
  private func table() -> NodeTable {
    var table = NodeTable()
    let node = "$SYS/broker/gateway/nodes/m0-1"
    table.take(topic: "\(node)/state", value: "active")
    table.take(topic: "\(node)/link", value: "udp 127.0.0.1:5000")
    table.take(topic: "\(node)/heard", value: "100")
    table.take(topic: "\(node)/reading", value: "21.4")
    table.take(topic: "\(node)/messages", value: "7")
    table.take(topic: "$SYS/broker/gateway/lines/udp 127.0.0.1:1884/state", value: "open")
    return table
  }

  @Test func `a node is one line`() {
    #expect(
      table().line("m0-1", now: 103)
        == "m0-1                 udp 127.0.0.1:5000       active       21.4       3 s    7         0"
    )
  }

  @Test func `a page counts nodes and lines and fits its height`() {
    let page = table().page(of: "localhost:1883", height: 5, now: 103)
    #expect(
      page[0] == "MQTT at localhost:1883: 1 of 1 nodes active, 0 asleep, 0 late, 1 of 1 lines open")
    #expect(page.count == 4)
  }

  @Test func `a page with room shows each line with its errors`() {
    var table = table()
    let line = "$SYS/broker/gateway/lines/_dev_martlet_A50285BI"
    for (field, value) in [
      ("state", "closed"), ("received", "120"), ("sent", "118"), ("errors", "3"), ("resyncs", "2"),
      ("overruns", "1"), ("reopened", "4"), ("bytes_sent", "9"),
    ] {
      table.take(topic: "\(line)/\(field)", value: value)
    }
    let page = table.page(of: "localhost:1883", height: 24, now: 103)
    #expect(page[0].hasSuffix(", 1 of 2 lines open"))
    #expect(page.count == 8 && page[2] == LineTable.head && page[5] == "" && page[6] == table.head)
    #expect(
      page[3].split(separator: " ") == [
        "_dev_martlet_A50285BI", "closed", "120", "118", "3", "2", "1", "4",
      ])
    #expect(table.lines.changed.count == 2)
    table.take(topic: "\(line)/state", value: "")
    #expect(table.lines.lines.count == 1)
  }

  @Test func `a forgotten node leaves the table`() {
    var table = table()
    table.take(topic: "$SYS/broker/gateway/nodes/m0-1/state", value: "")
    #expect(table.nodes.isEmpty)
  }

  @Test func `what a node sends does not steer the terminal`() {
    var table = table()
    table.take(topic: "$SYS/broker/gateway/nodes/m0-1/reading", value: "\u{1B}[2J\n")
    #expect(!table.line("m0-1", now: 0).contains { $0 == "\u{1B}" || $0 == "\n" })
  }

  @Test func `other topics change nothing`() {
    var table = table()
    for topic in ["", "a", "$SYS/broker/uptime", "$SYS/broker/gateway/nodes/x/y/z"] {
      table.take(topic: topic, value: "1")
    }
    #expect(table.nodes.count == 1)
  }

  @Test func `a client identifier becomes one topic level`() {
    #expect(GatewayStatus.level("a/b+c#d") == "a_b_c_d")
  }
}
