import MQTTTerms
import SessionLink
import Slabs

// Whether anybody looks at topics that cost something to publish.
extension Broker {
  /// Whether any subscription may match a topic below the watched one.
  public var isWatched: Bool { watchers > 0 }

  /// Whether the filter that ends at `node` may match a topic below the watched one.
  mutating func watches(_ node: TopicNode) -> Bool {
    guard !watchedTopic.isEmpty else { return false }
    path.removeAll()
    var step = node
    while step != 0 {
      path.append(step)
      step = tree.nodes[Int(step)].parent
    }
    var offset = 0
    while offset <= watchedTopic.count {
      guard let step = path.popLast() else { return false }
      let end = levelEnd(watchedTopic.span, from: offset)
      let level = tree.nodes[Int(step)].level.span
      // [MQTT-4.7.2-1] [MQTT5-4.7.2-1] no wildcard stands for the level with the "$".
      if isWildcard(level, 0x23) { return offset > 0 }
      let isSame = isSameName(level, watchedTopic.span.extracting(offset..<end))
      guard isSame || (offset > 0 && isWildcard(level, 0x2B)) else { return false }
      offset = end + 1
    }
    return !path.isEmpty
  }

  private func isWildcard(_ level: Span<UInt8>, _ character: UInt8) -> Bool {
    level.count == 1 && level[0] == character
  }
}
