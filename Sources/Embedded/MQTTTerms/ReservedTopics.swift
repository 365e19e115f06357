/// Whether a topic is the server's own: `$SYS`, or below it [MQTT 4.7.2].
@inlinable
public func isSystemTopic(_ topic: Span<UInt8>) -> Bool {
  let level: InlineArray<4, UInt8> = [0x24, 0x53, 0x59, 0x53]
  return hasFirstLevel(topic, level.span)
}

/// Whether a topic, or a filter, is for those who control the server: `$CONTROL`, or below it.
@inlinable
public func isControlTopic(_ topic: Span<UInt8>) -> Bool {
  let level: InlineArray<8, UInt8> = [0x24, 0x43, 0x4F, 0x4E, 0x54, 0x52, 0x4F, 0x4C]
  return hasFirstLevel(topic, level.span)
}

/// Whether a filter begins with `$share/`, as those of Shared Subscriptions do [MQTT5 4.8.2].
@inlinable
public func hasShareLevel(_ filter: Span<UInt8>) -> Bool {
  let level: InlineArray<6, UInt8> = [0x24, 0x73, 0x68, 0x61, 0x72, 0x65]
  return filter.count > level.count && hasFirstLevel(filter, level.span)
}

@inlinable
func hasFirstLevel(_ topic: Span<UInt8>, _ level: Span<UInt8>) -> Bool {
  guard topic.count >= level.count else { return false }
  var index = 0
  while index < level.count {
    if topic[index] != level[index] { return false }
    index += 1
  }
  return topic.count == level.count || topic[level.count] == 0x2F
}
