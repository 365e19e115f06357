import AccessFiles
import Testing

/// What an ACL file grants.
@Suite struct AccessListTests {
  private static let file = """
    # a comment
    topic read news/#
    topic deny news/secret

    user garden
    topic sensors/garden/#
    topic write orders
    topic deny sensors/garden/lock\r
    user two words
    topic read a b
    user nothing
    # topic read all
    pattern read clients/%c/in
    pattern readwrite users/%u
    pattern write shared/#
    pattern deny shared/%u/private
    """

  private func allows(
    _ right: AccessList.Rights, _ topic: String, client: String = "c1", user: String? = nil
  ) throws -> Bool {
    let list = try AccessList(text: Self.file)
    let (topic, client, name) = (Array(topic.utf8), Array(client.utf8), Array((user ?? "").utf8))
    var userName: Span<UInt8>?
    if user != nil { userName = name.span }
    return list.allows(right, topic.span, clientID: client.span, userName: userName)
  }

  @Test func `lines before the first user are for clients without one`() throws {
    #expect(try allows(.read, "news/today"))
    #expect(try !allows(.write, "news/today"))
    #expect(try !allows(.read, "news/today", user: "garden"))
  }

  @Test func `what is denied goes before what is granted`() throws {
    #expect(try !allows(.read, "news/secret"))
    #expect(try allows(.write, "sensors/garden/door", user: "garden"))
    #expect(try !allows(.write, "sensors/garden/lock", user: "garden"))
    #expect(try !allows(.write, "shared/garden/private", user: "garden"))
    #expect(try allows(.write, "shared/garden/private", user: "other"))
  }

  @Test func `read and write are two rights`() throws {
    #expect(try allows(.write, "orders", user: "garden"))
    #expect(try !allows(.read, "orders", user: "garden"))
    #expect(try allows(.read, "sensors/garden/x", user: "garden"))
  }

  @Test func `names and topics may hold spaces`() throws {
    #expect(try allows(.read, "a b", user: "two words"))
  }

  @Test func `patterns stand for whole levels, for everybody`() throws {
    #expect(try allows(.read, "clients/c1/in"))
    #expect(try !allows(.read, "clients/c2/in"))
    #expect(try allows(.write, "users/garden", user: "garden"))
    #expect(try !allows(.write, "users/garden"))
    #expect(try allows(.write, "shared/x", user: "nothing"))
  }

  @Test func `a name with a wildcard never stands for anything`() throws {
    #expect(try !allows(.read, "clients/c2/in", client: "+"))
    #expect(try !allows(.read, "clients/c2/in", client: "#"))
    #expect(try !allows(.write, "users/garden", user: "+"))
    #expect(try !allows(.read, "clients//in", client: ""))
  }

  @Test func `everything else is refused, and everything by an empty file`() throws {
    #expect(try !allows(.read, "elsewhere", user: "garden"))
    #expect(try !allows(.read, "elsewhere", user: "unknown"))
    let empty = try AccessList(text: "")
    let topic = Array("a".utf8)
    let isAllowed = empty.allows(.read, topic.span, clientID: topic.span, userName: nil)
    #expect(!isAllowed)
  }

  @Test(arguments: [
    ("user a\ntopik read x", "line 2: topik is not user, topic or pattern"),
    ("topic", "line 1: topic stands alone"), ("user", "line 1: user stands alone"),
    ("topic read a#", "line 1: a# is no topic filter"),
    ("\n\npattern read +x/%u", "line 3: +x/%u is no topic filter"),
  ])
  func `a line that means nothing is named`(_ text: String, _ description: String) {
    let error = #expect(throws: AccessFileError.self) { try AccessList(text: text) }
    #expect(error?.description == description)
  }

  @Test func `a topic that is called like an access is a topic`() throws {
    let list = try AccessList(text: "topic read")
    let topic = Array("read".utf8)
    let isAllowed = list.allows(.write, topic.span, clientID: topic.span, userName: nil)
    #expect(isAllowed)
  }
}
