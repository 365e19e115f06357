import Slabs

/// The topic ids that both sides know beforehand [SN 5.3.11]: for all clients, or for one.
///
/// What a configuration holds; it is searched from the front.
public struct PredefinedTopics: ~Copyable {
  struct Entry: ~Copyable {
    var id: UInt16
    var name: Slab<UInt8>
    /// Empty for all clients.
    var clientID: Slab<UInt8>
  }

  private var entries = Slab<Entry>()

  /// No topics.
  public init() {}

  /// The number of topics.
  public var count: Int { entries.count }

  /// Adds a topic; with an empty `clientID` for all clients. The caller has checked that `id` is
  /// neither 0x0000 nor 0xFFFF and that `name` is a Topic Name.
  public mutating func append(id: UInt16, name: Span<UInt8>, clientID: Span<UInt8>) {
    var entry = Entry(id: id, name: Slab(), clientID: Slab())
    entry.name.append(contentsOf: name)
    entry.clientID.append(contentsOf: clientID)
    entries.append(entry)
  }

  /// Where the topic with that id is; a client's own goes before that of all clients.
  func position(of id: UInt16, clientID: Span<UInt8>) -> Int? {
    var common: Int?
    for index in 0..<entries.count where entries[index].id == id {
      if entries[index].clientID.isEmpty {
        common = common ?? index
      } else if isSameName(entries[index].clientID.span, clientID) {
        return index
      }
    }
    return common
  }

  /// The name of the topic at a position.
  @_lifetime(borrow self)
  func name(at position: Int) -> Span<UInt8> { entries[position].name.span }

  /// The id under which the client knows `name`.
  func id(of name: Span<UInt8>, clientID: Span<UInt8>) -> UInt16? {
    for index in 0..<entries.count where isSameName(entries[index].name.span, name) {
      let id = entries[index].id
      // A common id that the client has for something else would be misunderstood.
      if position(of: id, clientID: clientID) == index { return id }
    }
    return nil
  }
}
