import MQTTTerms

/// The topics, filters and shares of a random walk. The model knows them by their numbers.
enum WalkNames {
  static let topics = [
    "a", "a/b", "a/b/c", "b", "b/c", "/", "a//b", "a/", "$s/a", "$s", "$SYS/a",
  ]
  /// The topic that only the broker may publish on.
  static let reserved = topics.count - 1
  static let filters = [
    "#", "+", "a/#", "a/+", "+/b", "a/+/c", "+/+", "+/+/#", "$s/#", "$s/+", "a", "a/b", "/+",
    "b/#", "a//b", "a/", "/#", "$SYS/#",
  ]
  /// ShareNames; number 0 stands for a subscription that is not shared.
  static let shares = ["", "g", "h"]
  /// Filters that are none, and what unsubscribing from them is answered with.
  static let malformed: [(text: String, unsubscribed: UInt8)] = [
    ("$share/g", 0x8F), ("$share//a", 0x8F), ("$share/+/a", 0x8F), ("$share/g/", 0x8F),
    ("a/#/b", 0x11), ("a+", 0x11), ("", 0x11),
  ]

  /// For each topic the filters that match it, in the order in which the broker comes to them.
  static let matching: [[Int]] = topics.map { topic in
    filters.indices.filter { matches(filters[$0], topic) }
      .sorted { walkOrder(filters[$0]).lexicographicallyPrecedes(walkOrder(filters[$1])) }
  }
  /// For each filter the topics that it matches.
  static let matched: [[Int]] = filters.map { filter in
    topics.indices.filter { matches(filter, topics[$0]) }
  }
  /// For each topic and filter the tree's nodes on the way to it: all paths by numbers.
  static let topicNodes = topics.map { nodes(of: $0) }
  static let filterNodes = filters.map { nodes(of: $0) }

  /// A filter as a peer names it.
  static func text(_ filter: Int, share: Int) -> String {
    share == 0 ? filters[filter] : "$share/\(shares[share])/\(filters[filter])"
  }

  /// The topic of these octets; -1 for none.
  static func topic(_ octets: Span<UInt8>) -> Int { topicOfNumber[number(octets)] ?? -1 }

  private static func matches(_ filter: String, _ topic: String) -> Bool {
    let (filter, name) = (Array(filter.utf8), Array(topic.utf8))
    return topicMatches(filter: filter.span, name: name.span)
  }

  /// Level by level `#`, then the level itself, then `+`.
  private static func walkOrder(_ filter: String) -> [Int] {
    levels(filter).map { $0 == "#" ? 0 : $0 == "+" ? 2 : 1 } + [1]
  }

  private static func levels(_ name: String) -> [Substring] {
    name.split(separator: "/", omittingEmptySubsequences: false)
  }

  private static let paths = Array(Set((topics + filters).flatMap(pathsTo)))

  private static func pathsTo(_ name: String) -> [String] {
    let levels = levels(name)
    return levels.indices.map { levels[...$0].joined(separator: "/") }
  }

  private static func nodes(of name: String) -> [Int] {
    pathsTo(name).compactMap { paths.firstIndex(of: $0) }
  }

  private static let topicOfNumber: [UInt64: Int] = {
    var table: [UInt64: Int] = [:]
    for (index, topic) in topics.enumerated() { table[number(Array(topic.utf8).span)] = index }
    return table
  }()

  /// One number for up to seven octets.
  private static func number(_ octets: Span<UInt8>) -> UInt64 {
    var number: UInt64 = 1
    for index in octets.indices { number = number &* 257 &+ UInt64(octets[index]) }
    return number
  }
}
