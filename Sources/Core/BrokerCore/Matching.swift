import MQTTTerms
import SessionLink
import Slabs

/// A walk over the tree: no recursion on what a peer sent. Its room is used again.
struct TreeWalk: ~Copyable {
  struct Step: BitwiseCopyable {
    var node: TopicNode
    /// Where the topic's next level starts; past the end when there is none.
    var offset: Int32
  }
  var steps = Slab<Step>()
  /// The nodes found: filters that match, or topics with a retained message.
  var nodes = Slab<TopicNode>()

  mutating func start() {
    steps.removeAll()
    nodes.removeAll()
    steps.append(Step(node: 0, offset: 0))
  }
}

extension TopicTree {
  /// Finds every node whose filter matches the Topic Name `topic` [MQTT-3.3.2-3] [MQTT5-3.3.2-3],
  /// octet by octet [MQTT-4.7.3-4] [MQTT5-4.7.3-4].
  func findFilters(matching topic: Span<UInt8>, _ walk: inout TreeWalk) {
    walk.start()
    while let step = walk.steps.popLast() {
      let node = Int(step.node)
      // [MQTT-4.7.2-1] [MQTT5-4.7.2-1] a leading wildcard does not match a leading $.
      let isHidden = step.node == 0 && !topic.isEmpty && topic[0] == 0x24
      if nodes[node].pound != 0, !isHidden { walk.nodes.append(nodes[node].pound) }
      if Int(step.offset) > topic.count {
        walk.nodes.append(step.node)
        continue
      }
      let end = levelEnd(topic, from: Int(step.offset))
      let next = Int32(truncatingIfNeeded: end + 1)
      if nodes[node].plus != 0, !isHidden {
        walk.steps.append(.init(node: nodes[node].plus, offset: next))
      }
      let child = child(of: step.node, topic.extracting(Int(step.offset)..<end))
      if child != 0 { walk.steps.append(.init(node: child, offset: next)) }
    }
  }

  /// Finds every topic that the filter matches and that has a retained message.
  func findRetained(matching filter: Span<UInt8>, _ walk: inout TreeWalk) {
    walk.start()
    while let step = walk.steps.popLast() {
      if Int(step.offset) > filter.count {
        if nodes[Int(step.node)].retained != nil { walk.nodes.append(step.node) }
        continue
      }
      let end = levelEnd(filter, from: Int(step.offset))
      let level = filter.extracting(Int(step.offset)..<end)
      if level.count == 1, level[0] == 0x23 {
        // The rest of the tree: every child is visited with the same `#`, and so is the parent.
        if nodes[Int(step.node)].retained != nil { walk.nodes.append(step.node) }
        pushChildren(of: step.node, step.offset, &walk)
      } else if level.count == 1, level[0] == 0x2B {
        pushChildren(of: step.node, Int32(truncatingIfNeeded: end + 1), &walk)
      } else {
        let child = child(of: step.node, level)
        if child != 0 {
          walk.steps.append(.init(node: child, offset: Int32(truncatingIfNeeded: end + 1)))
        }
      }
    }
  }

  private func pushChildren(of node: TopicNode, _ offset: Int32, _ walk: inout TreeWalk) {
    var child = nodes[Int(node)].firstChild
    while child != 0 {
      // [MQTT-4.7.2-1] [MQTT5-4.7.2-1]
      let isHidden =
        node == 0 && !nodes[Int(child)].level.isEmpty
        && nodes[Int(child)].level[0] == 0x24
      if !isHidden { walk.steps.append(.init(node: child, offset: offset)) }
      child = nodes[Int(child)].nextSibling
    }
  }
}
