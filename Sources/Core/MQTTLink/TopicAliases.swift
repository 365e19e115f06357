import SessionLink
import Slabs

/// The Topic Names that the peer's Topic Aliases stand for [MQTT5 3.3.2.3.4].
struct IncomingAliases: ~Copyable {
  private var topics = Slab<Slab<UInt8>>()

  /// Lets an alias (1...) stand for a topic [MQTT5-3.3.2-12].
  mutating func set(_ alias: UInt16, to topic: Span<UInt8>) {
    while topics.count < Int(alias) { topics.append(Slab()) }
    let place = Int(alias) - 1
    topics[place].removeAll()
    topics[place].append(contentsOf: topic)
  }

  /// Whether an alias stands for a topic.
  func contains(_ alias: UInt16) -> Bool {
    Int(alias) <= topics.count && !topics[Int(alias) - 1].isEmpty
  }

  /// The topic that an alias stands for; it stays as it is until the alias is set again.
  @_lifetime(immortal)
  func topic(_ alias: UInt16) -> Span<UInt8> {
    _overrideLifetime(topics[Int(alias) - 1].span, copying: ())
  }
}

/// The Topic Aliases that are used toward the peer: first come, first served.
struct OutgoingAliases: ~Copyable {
  private var aliases: NameTable
  private let maximum: UInt16

  /// At most so many, which the peer takes.
  init(maximum: UInt16, seed: UInt64) {
    self.maximum = maximum
    aliases = NameTable(hash: NameHash(seed: seed))
  }

  /// The alias of a topic, where it has one.
  func alias(of topic: Span<UInt8>) -> UInt16? {
    aliases.value(of: topic).map { UInt16(truncatingIfNeeded: $0) }
  }

  /// The alias that the next new topic gets; nil when there is none left [MQTT5-3.1.2-26] [MQTT5-3.3.2-11].
  var next: UInt16? {
    aliases.count < Int(maximum) ? UInt16(truncatingIfNeeded: aliases.count + 1) : nil
  }

  /// Gives a topic the next alias.
  mutating func add(_ topic: Span<UInt8>) {
    if let next { aliases.set(topic, to: UInt32(next)) }
  }
}
