import BrokerCore
import JSONTree
import Testing

@testable import DynamicSecurity

/// What roles allow, and in which order they are asked.
@Suite struct EvaluationTests {
  private static func makeModel() -> SecurityModel {
    var bench = ControlBench()
    bench.make(
      clients: ["ann", "bob", "dan", "eve", "fay", "gus"], groups: ["g", "h", "nobody"],
      roles: ["own", "high", "low", "group", "late", "narrow", "public"])
    bench.add("own", .publishClientSend, "own/%c/#", true)
    bench.add("own", .publishClientReceive, "users/%u", true)
    bench.add("own", .publishClientReceive, "users/+", false, priority: -1)
    bench.add("high", .publishClientSend, "a/b", false)
    bench.add("low", .publishClientSend, "a/#", true)
    bench.add("low", .publishClientSend, "a/c", false, priority: 5)
    bench.add("low", .subscribePattern, "a/+/#", true)
    bench.add("low", .subscribePattern, "a/x/#", false, priority: 1)
    bench.add("low", .subscribeLiteral, "a/x/y", true)
    bench.add("low", .unsubscribePattern, "a/#", false)
    bench.add("group", .publishClientSend, "g/#", true)
    bench.add("group", .publishClientSend, "a/b", true)
    bench.add("late", .publishClientSend, "g/#", false)
    bench.add("public", .publishClientSend, "u/%u", false, priority: 1)
    bench.add("public", .publishClientSend, "news", true)
    bench.add("narrow", .subscribePattern, "n/#", true)
    _ = bench.run("modifyRole", ["rolename": "narrow", "allowwildcardsubs": .bool(false)])
    _ = bench.run("disableClient", ["username": "dan"])
    _ = bench.run("setClientId", ["username": "fay", "clientid": "c2"])
    _ = bench.run("setClientId", ["username": "gus", "clientid": "c1"])
    for (role, priority) in [("own", -1), ("low", 1), ("high", 2)] {
      _ = bench.run(
        "addClientRole",
        ["username": "ann", "rolename": .text(role), "priority": .integer(priority)])
    }
    _ = bench.run("addClientRole", ["username": "bob", "rolename": "narrow"])
    for (group, role, priority) in [("g", "group", 1), ("h", "late", 0)] {
      _ = bench.run("addGroupRole", ["groupname": .text(group), "rolename": .text(role)])
      _ = bench.run(
        "addGroupClient",
        ["groupname": .text(group), "username": "ann", "priority": .integer(priority)])
    }
    _ = bench.run("addGroupRole", ["groupname": "nobody", "rolename": "public"])
    _ = bench.run("setAnonymousGroup", ["groupname": "nobody"])
    return bench.model
  }

  private static let model = makeModel()

  private func decision(
    _ access: Access, _ topic: String, _ user: String?, client: String = "c1",
    model: SecurityModel = EvaluationTests.model
  ) -> Bool? {
    let rules = SecurityRules(model)
    let (topic, client, octets) = (name(topic), name(client), name(user ?? ""))
    var userName: Span<UInt8>?
    if user != nil { userName = octets.span }
    return rules.decision(on: access, topic.span, clientID: client.span, userName: userName)
  }

  @Test(
    arguments: [
      // The client's roles by falling priority, before those of its groups.
      (.publish, "a/b", "ann", false), (.publish, "a/x", "ann", true), (.will, "a/x", "ann", true),
      // The entries of a role by falling priority.
      (.publish, "a/c", "ann", false),
      // The groups by falling priority.
      (.publish, "g/1", "ann", true),
      // The usual: publishing is said nothing of, receiving is allowed.
      (.publish, "z", "ann", nil), (.receive, "z", "ann", true), (.connect, "", "ann", true),
      // Names stand for whole levels.
      (.publish, "own/c1/x", "ann", true), (.publish, "own/c2/x", "ann", nil),
      (.receive, "users/ann", "ann", true), (.receive, "users/bob", "ann", false),
      // A literal goes before patterns; a pattern must cover the whole filter.
      (.subscribe, "a/x/y", "ann", true), (.subscribe, "a/x/z", "ann", false),
      (.subscribe, "a/y/z", "ann", true), (.subscribe, "a/+/z", "ann", true),
      (.subscribe, "a/#", "ann", nil), (.subscribe, "#", "ann", nil),
      // To unsubscribe is usual, but for what is denied.
      (.unsubscribe, "a/b", "ann", false), (.unsubscribe, "b", "ann", true),
      // A role may keep wildcards away altogether.
      (.subscribe, "n/1", "bob", true), (.subscribe, "n/+", "bob", false),
      (.subscribe, "z/+", "bob", false), (.unsubscribe, "n/+", "bob", true),
      // Only who is disabled, or has another identifier than it must have, may not connect.
      (.connect, "", "dan", false), (.connect, "", "fay", false), (.connect, "", "gus", true),
      (.connect, "", nil, true), (.connect, "", "mallory", true),
      // Who has no role, who has no name, and who is not known.
      (.publish, "a/x", "eve", nil), (.publish, "news", nil, true), (.publish, "a/x", nil, nil),
      (.receive, "z", nil, true), (.receive, "z", "mallory", nil),
      (.publish, "news", "mallory", nil),
      // Control is never usual.
      (.receive, "$CONTROL/x", "ann", nil), (.unsubscribe, "$CONTROL/x", "ann", nil),
    ] as [(Access, String, String?, Bool?)])
  func `a decision`(_ access: Access, _ topic: String, _ user: String?, _ expected: Bool?) {
    #expect(decision(access, topic, user) == expected)
  }

  @Test(arguments: ["#", "+", "a+b"])
  func `a client identifier that could be a wildcard is let nowhere`(client: String) {
    #expect(decision(.publish, "own/x/y", "ann", client: client) == false)
  }

  @Test func `where there is no name, nothing stands for it`() {
    #expect(decision(.publish, "own//y", "ann", client: "") == nil)
    #expect(decision(.publish, "u/x", nil) == nil && decision(.publish, "news", nil) == true)
  }

  @Test func `kinds have the numbers of their order`() {
    #expect(AccessEntry.Kind.allCases.map(\.number) == Array(0..<6))
  }

  @Test func `the usual can be changed`() {
    var bench = ControlBench(model: Self.model)
    let acls: [JSONValue] = [
      ("publishClientSend", true), ("publishClientReceive", false), ("subscribe", true),
      ("unsubscribe", false),
    ].map { .record(["acltype": .text($0), "allow": .bool($1)]) }
    let answer = bench.run("setDefaultACLAccess", ["acls": JSONValue.array(acls)])
    #expect(answer == "ok")
    for (access, expected) in [
      (.publish, true), (.receive, nil), (.subscribe, true), (.unsubscribe, nil),
    ] as [(Access, Bool?)] {
      #expect(decision(access, "z", "eve", model: bench.model) == expected)
    }
  }

  @Test(arguments: [
    ("a/#", "a/b", true), ("a/#", "a", true), ("a/#", "a/+", true), ("a/#", "a/+/#", true),
    ("a/#", "b/#", false), ("a/+", "a/b", true), ("a/+", "a/+", true), ("a/+", "a/#", false),
    ("a/+", "a", false), ("a/+", "a/b/c", false), ("a/b", "a/+", false), ("a/b", "a/b", true),
    ("+/b", "a/b", true), ("+/b", "+/b", true), ("+/b", "#", false), ("#", "a", true),
    ("#", "#", true), ("#", "$SYS/#", false), ("+/x", "$SYS/x", false), ("$SYS/#", "$SYS/x", true),
    ("$SYS/#", "#", false), ("a/", "a/", true), ("a/", "a", false), ("a/+/c/#", "a/b/c", true),
    ("a/b/", "a/b/c", false), ("/", "/", true), ("+/+", "/", true),
  ])
  func `a filter covers another`(_ cover: String, _ filter: String, _ expected: Bool) {
    #expect(covers(name(cover).span, name(filter).span) == expected, "\(cover) \(filter)")
  }
}
