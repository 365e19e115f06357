import AccessFiles
import JSONTree
import Testing

@testable import DynamicSecurity

/// The commands, by their answers and by whom they concern.
@Suite struct CommandTests {
  private func bench() -> ControlBench {
    var bench = ControlBench()
    bench.make(clients: ["ann", "bob"], groups: ["g"], roles: ["r", "s"])
    return bench
  }

  @Test(
    arguments: [
      ("createClient", ["username": "ann"], "Client already exists"),
      ("createClient", ["username": ""], "Empty username"),
      ("createClient", [:], "Invalid/missing username"),
      ("createClient", ["username": .integer(1)], "Invalid/missing username"),
      ("createClient", ["username": "a\u{1}b"], "Username not valid UTF-8"),
      ("createClient", ["username": "x", "password": .integer(1)], "Invalid/missing password"),
      ("createClient", ["username": "x", "clientid": .integer(1)], "Invalid/missing client id"),
      ("createClient", ["username": "x", "textname": .integer(1)], "Invalid/missing textname"),
      (
        "createClient", ["username": "x", "roles": .integer(1)],
        "'roles' not an array or missing/invalid rolename"
      ),
      ("createClient", ["username": "x", "roles": [["rolename": "no"]]], "Role not found"),
      ("createClient", ["username": "x", "groups": [["groupname": "no"]]], "Group not found"),
      ("deleteClient", ["username": "no"], "Client not found"),
      ("enableClient", ["username": "no"], "Client not found"),
      ("disableClient", [:], "Invalid/missing username"),
      ("setClientId", ["username": "ann", "clientid": .integer(1)], "Invalid/missing client ID"),
      ("setClientPassword", ["username": "ann"], "Invalid/missing password"),
      ("setClientPassword", ["username": "ann", "password": ""], "Empty password is not allowed"),
      ("modifyClient", ["username": "no"], "Client not found"),
      ("addClientRole", ["username": "ann"], "Invalid/missing rolename"),
      ("addClientRole", ["username": "ann", "rolename": "no"], "Role not found"),
      ("getClient", ["username": "no"], "Client not found"),
      ("createGroup", ["groupname": "g"], "Group already exists"),
      ("createGroup", ["groupname": ""], "Empty groupname"),
      ("deleteGroup", ["groupname": "no"], "Group not found"),
      ("modifyGroup", ["groupname": "no"], "Group not found"),
      (
        "modifyGroup", ["groupname": "g", "clients": [["username": "no"]]],
        "'clients' contains an object with a 'username' that does not exist"
      ),
      (
        "modifyGroup", ["groupname": "g", "clients": [[:]]],
        "'clients' contains an object with an invalid 'username'"
      ),
      ("addGroupClient", ["groupname": "no", "username": "ann"], "Group not found"),
      ("addGroupClient", ["groupname": "g", "username": "no"], "Client not found"),
      ("addGroupRole", ["groupname": "g", "rolename": "no"], "Role not found"),
      ("setAnonymousGroup", ["groupname": "no"], "Group not found"),
      ("getGroup", ["groupname": "no"], "Group not found"),
      ("createRole", ["rolename": "r"], "Role already exists"),
      (
        "createRole", ["rolename": "x", "allowwildcardsubs": .integer(1)],
        "Invalid allowwildcardsubs"
      ),
      ("modifyRole", ["rolename": "no"], "Role does not exist"),
      ("deleteRole", ["rolename": "no"], "Role not found"),
      ("addRoleACL", ["rolename": "r"], "Invalid/missing acltype"),
      ("addRoleACL", ["rolename": "r", "acltype": "x"], "Unknown acltype"),
      ("addRoleACL", ["rolename": "r", "acltype": "publishClientSend"], "Invalid/missing topic"),
      (
        "addRoleACL", ["rolename": "r", "acltype": "publishClientSend", "topic": "a/#/b"],
        "Invalid ACL topic"
      ),
      (
        "removeRoleACL", ["rolename": "r", "acltype": "publishClientSend", "topic": "a"],
        "ACL not found"
      ),
      ("setDefaultACLAccess", [:], "Missing/invalid actions array"),
      ("nothing", [:], "Unknown command"),
      ("listClients", ["correlationData": .integer(1)], "Invalid correlationData data type."),
    ] as [(String, JSONValue, String)])
  func `what is wrong is said in Mosquitto's words, and nothing is changed`(
    _ command: String, _ members: JSONValue, _ expected: String
  ) {
    var bench = bench()
    let before = bench.model
    let rest = members.members ?? []
    #expect(bench.run(.object([JSONMember("command", .text(command))] + rest)) == expected)
    #expect(bench.model == before && bench.affected.isEmpty)
  }

  @Test func `a client is made with all that belongs to it`() {
    var bench = bench()
    let answer = bench.run(
      "createClient",
      [
        "username": "eve", "password": "secret", "clientid": "c1", "textname": "Eve",
        "textdescription": "of the garden", "roles": [["rolename": "r", "priority": 3]],
        "groups": [["groupname": "g"]],
      ])
    #expect(answer == "ok" && bench.affected.isEmpty)
    let expected = """
      {"client":{"username":"eve","clientid":"c1","textname":"Eve","textdescription":"of the \
      garden","roles":[{"rolename":"r","priority":3}],"groups":[{"groupname":"g"}]}}
      """
    #expect(bench.run("getClient", ["username": "eve"]) == expected)
    #expect(bench.model.clients[name("eve")]?.password == sampleHash("secret"))
  }

  @Test func `who is disabled cannot log in, not even by a password file`() throws {
    var bench = bench()
    _ = bench.run("setClientPassword", ["username": "ann", "password": "x"])
    #expect(bench.affected == [.user(name("ann"))])
    var file = PasswordList()
    file.set(sampleHash("other"), of: name("ann"))
    file.set(sampleHash("other"), of: name("fay"))
    #expect(bench.model.logins(over: file).hash(of: name("ann")) == sampleHash("x"))
    #expect(bench.model.logins(over: file).hash(of: name("fay")) == sampleHash("other"))
    _ = bench.run("disableClient", ["username": "ann"])
    #expect(bench.affected == [.user(name("ann"))])
    #expect(bench.model.logins(over: file).hash(of: name("ann")) == nil)
    #expect(bench.run("getClient", ["username": "ann"]).contains(#""disabled":true"#))
    _ = bench.run("enableClient", ["username": "ann"])
    #expect(bench.affected.isEmpty && bench.model.logins(over: nil).hash(of: name("ann")) != nil)
  }

  @Test func `modifying changes what is named and nothing else`() {
    var bench = bench()
    _ = bench.run(
      "modifyClient",
      ["username": "ann", "textname": "Ann", "clientid": "c", "roles": [["rolename": "r"]]])
    _ = bench.run("modifyClient", ["username": "ann", "groups": [["groupname": "g"]]])
    #expect(
      bench.run("getClient", ["username": "ann"])
        == #"{"client":{"username":"ann","clientid":"c","textname":"Ann","#
        + #""roles":[{"rolename":"r"}],"groups":[{"groupname":"g"}]}}"#)
    _ = bench.run("modifyClient", ["username": "ann", "clientid": "", "roles": []])
    #expect(
      bench.run("getClient", ["username": "ann"])
        == #"{"client":{"username":"ann","textname":"Ann","#
        + #""roles":[],"groups":[{"groupname":"g"}]}}"#)
  }

  @Test func `a group's members are replaced, and all of them are concerned`() {
    var bench = bench()
    _ = bench.run("addGroupClient", ["groupname": "g", "username": "ann", "priority": 4])
    #expect(
      bench.run("addGroupClient", ["groupname": "g", "username": "ann"])
        == "Client is already in this group")
    let answer = bench.run("modifyGroup", ["groupname": "g", "clients": [["username": "bob"]]])
    #expect(answer == "ok" && bench.affected == [.user(name("ann")), .user(name("bob"))])
    #expect(
      bench.run("getGroup", ["groupname": "g"])
        == #"{"group":{"groupname":"g","roles":[],"clients":[{"username":"bob"}]}}"#)
  }

  @Test func `a role that goes leaves no trace, and all who had it are concerned`() {
    var bench = bench()
    _ = bench.run("addClientRole", ["username": "ann", "rolename": "r"])
    _ = bench.run("addGroupRole", ["groupname": "g", "rolename": "r"])
    #expect(
      bench.run("addGroupRole", ["groupname": "g", "rolename": "r"])
        == "Group is already in this role")
    _ = bench.run("addGroupClient", ["groupname": "g", "username": "bob"])
    _ = bench.run("setAnonymousGroup", ["groupname": "g"])
    #expect(bench.run("deleteRole", ["rolename": "r"]) == "ok")
    #expect(bench.affected == [.user(name("ann")), .user(name("bob")), .anonymous])
    #expect(bench.model.clients[name("ann")]?.roles.places.isEmpty == true)
    #expect(bench.model.groups[name("g")]?.roles.places.isEmpty == true)
  }

  @Test func `deleting the anonymous group ended Mosquitto`() {
    var bench = bench()
    _ = bench.run("setAnonymousGroup", ["groupname": "g"])
    #expect(bench.affected == [.anonymous])
    #expect(
      bench.run("deleteGroup", ["groupname": "g"]) == "Deleting the anonymous group is forbidden")
    #expect(bench.run("getAnonymousGroup") == #"{"group":{"groupname":"g"}}"#)
    _ = bench.run("createGroup", ["groupname": "h"])
    _ = bench.run("setAnonymousGroup", ["groupname": "h"])
    _ = bench.run("addGroupClient", ["groupname": "g", "username": "ann"])
    #expect(bench.run("deleteGroup", ["groupname": "g"]) == "ok")
    #expect(bench.model.clients[name("ann")]?.groups.places.isEmpty == true)
  }

  @Test func `entries are listed by kind, then by priority, and none stands twice`() {
    var bench = bench()
    bench.add("r", .subscribePattern, "a", true)
    bench.add("r", .publishClientSend, "b", false, priority: 1)
    bench.add("r", .publishClientSend, "c", true, priority: 2_000_000)
    let again = bench.run(
      "addRoleACL", ["rolename": "r", "acltype": "publishClientSend", "topic": "b"])
    #expect(again == "ACL with this topic already exists")
    let expected = """
      {"role":{"rolename":"r","allowwildcardsubs":true,"acls":[\
      {"acltype":"publishClientSend","topic":"c","priority":100000,"allow":true},\
      {"acltype":"publishClientSend","topic":"b","priority":1,"allow":false},\
      {"acltype":"subscribePattern","topic":"a","priority":0,"allow":true}]}}
      """
    #expect(bench.run("getRole", ["rolename": "r"]) == expected)
  }

  @Test func `clients tell where they are connected, where that is known`() {
    var control = SecurityControl(
      bench().model, connections: [name("ann"): ["::1", "10.0.0.1"]], hash: sampleHash)
    let answer = control.perform(
      [
        "commands": [
          ["command": "getClient", "username": "ann"],
          ["command": "listClients", "verbose": true, "offset": 1],
        ]
      ], for: "test")
    let expected = """
      {"responses":[{"command":"getClient","data":{"client":{"username":"ann","roles":[],\
      "groups":[],"connections":[{"address":"::1"},{"address":"10.0.0.1"}]}}},\
      {"command":"listClients","data":{"totalCount":2,"clients":[{"username":"bob","roles":[],\
      "groups":[],"connections":[]}]}}]}
      """
    #expect(answer.compact == expected)
    #expect(SecurityControl.tellsConnections(Array("{\"x\":\"GETCLIENT\"".utf8)))
    #expect(!SecurityControl.tellsConnections(Array("getClien".utf8)))
  }

  @Test func `lists can be asked for in parts`() {
    var bench = bench()
    bench.make(clients: ["cid"])
    #expect(bench.run("listClients") == #"{"totalCount":3,"clients":["ann","bob","cid"]}"#)
    #expect(
      bench.run("listClients", ["count": 1, "offset": 1])
        == #"{"totalCount":3,"clients":["bob"]}"#)
    #expect(bench.run("listClients", ["offset": 9]) == #"{"totalCount":3,"clients":[]}"#)
    #expect(
      bench.run("listGroups", ["verbose": .bool(true)])
        == #"{"totalCount":1,"groups":[{"groupname":"g","roles":[],"clients":[]}]}"#)
  }

  @Test func `an answer goes with each command, and with what came along`() {
    var bench = bench()
    let message: JSONValue = [
      "commands": [
        ["command": "LISTROLES", "correlationData": "x"],
        ["command": "no", "correlationData": "y"],
        1, [:],
      ]
    ]
    let expected = """
      {"responses":[{"command":"listRoles","data":{"totalCount":2,"roles":["r","s"]},\
      "correlationData":"x"},{"command":"no","error":"Unknown command","correlationData":"y"},\
      {"command":"Unknown command","error":"Command not an object"},\
      {"command":"Unknown command","error":"Missing command"}]}
      """
    #expect(bench.perform(message).compact == expected)
    for wrong in [JSONValue.null, [], [:], ["commands": 1]] {
      #expect(bench.perform(wrong) == SecurityControl.refusal("Invalid/missing commands"))
    }
  }

  @Test func `commands and records have a limit`() {
    var bench = bench()
    let many = [JSONValue](repeating: ["command": "getAnonymousGroup"], count: 1001)
    #expect(
      bench.perform(["commands": .array(many)]) == SecurityControl.refusal("Too many commands"))
    let long = String(repeating: "x", count: 65_536)
    #expect(bench.run("createRole", ["rolename": .text(long)]) == "Invalid/missing rolename")
    let names = [JSONValue](repeating: ["rolename": "r"], count: 10_001)
    #expect(
      bench.run("modifyClient", ["username": "ann", "roles": .array(names)])
        == "Too many names in a list")
  }

  @Test func `the log does not tell passwords`() {
    var control = SecurityControl(bench().model, hash: sampleHash)
    _ = control.perform(
      [
        "commands": [
          ["command": "setClientPassword", "username": "ann", "Password": "secret"],
          ["command": "getClient", "username": "no"],
        ]
      ], for: "c/admin")
    #expect(control.journal == ["dynsec: c/admin | setClientPassword | username=ann"])
  }
}
