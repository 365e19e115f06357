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
    #expect(page[0] == "MQTT at localhost:1883: 1 of 1 nodes active, 1 of 1 lines open")
    #expect(page.count == 4)
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
