import AccessFiles
import JSONTree
import Testing

@testable import DynamicSecurity

/// The model as a file.
@Suite struct SecurityFileTests {
  @Test func `what is written is read again`() throws {
    var bench = ControlBench()
    bench.make(clients: ["ann", "bob"], groups: ["g", "h"], roles: ["r", "s"])
    bench.add("r", .publishClientSend, "a/%c", true, priority: 4)
    bench.add("r", .unsubscribeLiteral, "b/#", false)
    for command: JSONValue in [
      ["command": "modifyRole", "rolename": "s", "textname": "S", "allowwildcardsubs": false],
      ["command": "addGroupClient", "groupname": "g", "username": "ann", "priority": 7],
      ["command": "addGroupRole", "groupname": "h", "rolename": "r"],
      ["command": "setAnonymousGroup", "groupname": "h"],
      ["command": "disableClient", "username": "bob"],
      ["command": "setClientPassword", "username": "bob", "password": "p"],
      ["command": "setClientId", "username": "ann", "clientid": "c"],
      ["command": "addClientRole", "username": "ann", "rolename": "s", "priority": -3],
      ["command": "setDefaultACLAccess", "acls": [["acltype": "subscribe", "allow": true]]],
    ] { #expect(bench.run(command) == "ok") }
    #expect(try SecurityModel(file: bench.model.file) == bench.model)
  }

  @Test func `a group may have more clients than a list of roles may have names`() throws {
    var model = SecurityModel()
    model.groups[name("g")] = SecurityGroup()
    for number in 0..<10_500 {
      var client = SecurityClient()
      _ = client.groups.add(name("g"), priority: 1)
      model.clients[name("c\(number)")] = client
    }
    #expect(try SecurityModel(file: model.file) == model)
  }

  @Test func `a first model is a model`() throws {
    let hash = try #require(sampleHash("x"))
    for model in [
      SecurityModel.initial(admin: hash, demonstration: hash), .initial(admin: hash),
      .administrated(by: name("ann"), hash),
    ] {
      #expect(try SecurityModel(file: model.file) == model)
    }
  }

  @Test func `passwords are read in every form, and written so that Mosquitto 2.0 reads them`()
    throws
  {
    let digest = String(repeating: "QUJD", count: 21) + "QQ=="
    let file: JSONValue = [
      "clients": [
        ["username": "a", "encoded_password": .text("$7$101$c2FsdA==$\(digest)")],
        ["username": "b", "password": .text(digest), "salt": "c2FsdA==", "iterations": 101],
        ["username": "c", "encoded_password": .text("$6$c2FsdA==$\(digest)")],
        ["username": "d"],
      ]
    ]
    let model = try SecurityModel(file: file)
    let hashes = ["a", "b", "c", "d"].map { model.clients[name($0)]?.password }
    #expect(hashes[0] != nil && hashes[0] == hashes[1] && hashes[2]?.method == .sha512)
    #expect(hashes[3] == nil)
    let written = model.file["clients"]?.elements ?? []
    #expect(
      written.first?["iterations"]?.integer == 101 && written.first?["salt"]?.text == "c2FsdA==")
    #expect(written[2]["encoded_password"]?.text == "$6$c2FsdA==$\(digest)")
  }

  @Test(
    arguments: [
      ([], "it is no JSON object"), (["clients": 1], "clients is no array"),
      (["clients": [[:]]], "number 1 of clients has no username"),
      (["roles": [["rolename": "r"], ["rolename": ""]]], "number 2 of roles has no rolename"),
      (["roles": [["rolename": "r"], ["rolename": "r"]]], "roles, r: it stands there twice"),
      (
        ["clients": [["username": "a", "roles": [["rolename": "r"]]]]], "clients, a: Role not found"
      ),
      (
        ["clients": [["username": "a", "encoded_password": "plain"]]],
        "clients, a: its password is no hash that is known here"
      ),
      (
        ["groups": [["groupname": "g", "clients": [["username": "a"]]]]],
        "groups, g: 'clients' contains an object with a 'username' that does not exist"
      ),
      (
        ["roles": [["rolename": "r", "acls": [["acltype": "x", "topic": "a"]]]]],
        "roles, r: Unknown acltype"
      ),
      (["anonymousGroup": "g"], "there is no group g, the anonymousGroup"),
      (["clients": [["username": "a", "disabled": 1]]], "clients, a: Invalid disabled"),
      (["roles": [["rolename": "r", "acls": [:]]]], "roles, r: Invalid acls"),
      (
        ["defaultACLAccess": ["publishClientReceive": 0]],
        "publishClientReceive is neither true nor false"
      ),
    ] as [(JSONValue, String)])
  func `a file that cannot be used says where`(_ file: JSONValue, _ expected: String) {
    #expect(throws: SecurityFileError(description: expected)) { try SecurityModel(file: file) }
  }

  @Test func `a password without a salt does not end the daemon when it is written`() throws {
    let digest = String(repeating: "QUJD", count: 21) + "QQ=="
    let file: JSONValue = [
      "clients": [["username": "a", "encoded_password": .text("$7$101$$\(digest)")]]
    ]
    let model = try SecurityModel(file: file)
    #expect(try SecurityModel(file: model.file) == model)
  }

  @Test func `whose rights are others is concerned by another file`() throws {
    var bench = ControlBench()
    bench.make(clients: ["ann", "bob", "cid", "dan"], groups: ["g"], roles: ["r", "s"])
    _ = bench.run("addClientRole", ["username": "ann", "rolename": "r"])
    _ = bench.run("addGroupRole", ["groupname": "g", "rolename": "r"])
    _ = bench.run("addGroupClient", ["groupname": "g", "username": "bob"])
    let before = bench.model
    bench.add("r", .publishClientSend, "a", true)
    _ = bench.run("addClientRole", ["username": "cid", "rolename": "s"])
    let expected = Set(["ann", "bob", "cid"].map { Affected.user(name($0)) })
    #expect(before.affected(byChangeTo: bench.model) == expected)
  }

  @Test func `who cannot log in any more is concerned by another file`() throws {
    var bench = ControlBench()
    bench.make(clients: ["ann", "bob", "cid", "dan"])
    let before = bench.model
    _ = bench.run("deleteClient", ["username": "ann"])
    _ = bench.run("disableClient", ["username": "bob"])
    _ = bench.run("setClientId", ["username": "cid", "clientid": "x"])
    let expected = Set(["ann", "bob", "cid"].map { Affected.user(name($0)) })
    #expect(before.affected(byChangeTo: bench.model) == expected)
  }
}
