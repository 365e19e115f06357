import Slabs

extension Broker {
  /// Hands the tree of subscriptions and retained messages to `write`, a line for each level of a
  /// topic, two blanks further in than the level above; ends when that gives false.
  public func describeTree(_ write: (String) -> Bool) {
    var pending = children(of: 0).map { (node: $0, depth: 0) }
    while let (node, depth) = pending.popLast() {
      let indent = String(repeating: " ", count: 2 * depth)
      guard write(indent + describe(node)) else { return }
      pending += children(of: node).map { ($0, depth + 1) }
    }
  }

  /// The youngest first.
  private func children(of node: TopicNode) -> [TopicNode] {
    let index = Int(node)
    var found = [tree.nodes[index].pound, tree.nodes[index].plus].filter { $0 != 0 }
    var child = tree.nodes[index].firstChild
    while child != 0 {
      found.append(child)
      child = tree.nodes[Int(child)].nextSibling
    }
    return found
  }

  /// The level, who has subscribed at which QoS, and the retained message.
  private func describe(_ node: TopicNode) -> String {
    let index = Int(node)
    var text = printable(tree.nodes[index].level.span)
    for k in 0..<tree.nodes[index].subscribers.count {
      let subscriber = tree.nodes[index].subscribers[k]
      if subscriber.flags.contains(.isShare) {
        text += describe(share: Int(subscriber.session))
      } else {
        text += describe(subscriber)
      }
    }
    guard let retained = tree.nodes[index].retained else { return text }
    return text + " (r, \(messages.payloadSize(of: retained)) bytes)"
  }

  private func describe(_ subscriber: Subscriber) -> String {
    " (\(who(Int(subscriber.session)).clientID), \(subscriber.qos.rawValue))"
  }

  private func describe(share: Int) -> String {
    var text = " ($share/\(printable(shares[share].name.span)):"
    for k in 0..<shares[share].members.count { text += describe(shares[share].members[k]) }
    return text + ")"
  }
}
