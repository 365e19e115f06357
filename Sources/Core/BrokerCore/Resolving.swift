import MQTTTerms
import SessionLink
import Slabs

extension Broker {
  /// The cache entry that lists who gets a message on `topic`.
  mutating func resolve(_ topic: Span<UInt8>) -> Int {
    let (entry, isFresh) = cache.entry(for: topic)
    if !isFresh {
      tree.findFilters(matching: topic, &walk)
      collect(into: entry)
    }
    return entry
  }

  /// Puts every session once into the entry, with the highest QoS of its filters [MQTT-3.3.5-1],
  /// and every share.
  private mutating func collect(into entry: Int) {
    markSerial &+= 1
    if markSerial == 0 {
      // Marks of four thousand million lists ago would look new again.
      for session in 0..<marks.count { marks[session] = 0 }
      markSerial = 1
    }
    for found in 0..<walk.nodes.count {
      let node = Int(walk.nodes[found])
      for k in 0..<tree.nodes[node].subscribers.count {
        collect(tree.nodes[node].subscribers[k], into: entry)
      }
    }
  }

  private mutating func collect(_ subscriber: Subscriber, into entry: Int) {
    if subscriber.flags.contains(.isShare) || getsEveryCopy(subscriber) {
      return cache.append(subscriber, to: entry)
    }
    let session = Int(subscriber.session)
    while marks.count <= session { marks.append(0) }
    if UInt32(truncatingIfNeeded: marks[session] >> 32) == markSerial {
      cache.merge(subscriber, into: Int(marks[session] & 0xFFFF_FFFF), of: entry)
    } else {
      marks[session] = UInt64(markSerial) << 32 | UInt64(cache.count(entry))
      cache.append(subscriber, to: entry)
    }
  }

  private func getsEveryCopy(_ subscriber: Subscriber) -> Bool {
    limits.deliversOverlaps
      && !sessions[Int(subscriber.session)].traits.takesSubscriptionIdentifiers
  }

  /// What a session gets of a message of its own, when only some of its matching subscriptions keep
  /// those away [MQTT5-3.8.3-3]; their Subscription Identifiers go to `run`.
  mutating func localSubscription(
    _ session: UInt32, to topic: Span<UInt8>
  ) -> Subscriber? {
    tree.findFilters(matching: topic, &walk)
    var merged: Subscriber?
    for found in 0..<walk.nodes.count {
      let node = Int(walk.nodes[found])
      for k in 0..<tree.nodes[node].subscribers.count {
        let subscriber = tree.nodes[node].subscribers[k]
        guard subscriber.session == session, !subscriber.flags.contains(.isShare),
          !subscriber.flags.contains(.isNoLocal)
        else { continue }
        if subscriber.identifier != 0 { run.append(subscriber.identifier) }
        var next = subscriber
        next.qos = max(subscriber.qos, merged?.qos ?? .atMostOnce)
        next.flags.formUnion(merged?.flags ?? [])
        if next.identifier == 0 { next.identifier = merged?.identifier ?? 0 }
        merged = next
      }
    }
    return merged
  }
}
