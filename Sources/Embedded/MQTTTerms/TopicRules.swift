import WireBytes

/// The longest Topic Name or Topic Filter in octets [MQTT-4.7.3-3], [MQTT5-4.7.3-3].
@inlinable public var topicMaximumLength: Int { 65_535 }

/// Whether `name` is a Topic Name: 1...65,535 octets, no wildcard, no U+0000
/// [MQTT-4.7.1-1], [MQTT-4.7.3-1], [MQTT-4.7.3-2], [MQTT5-4.7.0-1], [MQTT5-4.7.3-1],
/// [MQTT5-4.7.3-2]. UTF-8 is checked where the bytes are read.
@inlinable
public func isTopicName(_ name: Span<UInt8>) -> Bool {
  guard name.count >= 1, name.count <= topicMaximumLength else { return false }
  var index = 0
  while index < name.count {
    let octet = name[index]
    if octet == 0x2B || octet == 0x23 || octet == 0 { return false }
    index += 1
  }
  return true
}

/// Whether `filter` is a Topic Filter: `#` only as the whole last level, `+` only as a whole level
/// [MQTT-4.7.1-2], [MQTT-4.7.1-3], [MQTT5-4.7.1-1], [MQTT5-4.7.1-2], no U+0000 [MQTT-4.7.3-2],
/// [MQTT5-4.7.3-2], and at most `levelLimit` levels.
public func isTopicFilter(_ filter: Span<UInt8>, levelLimit: Int = 200) -> Bool {
  guard filter.count >= 1, filter.count <= topicMaximumLength else { return false }
  var levels = 1
  var index = 0
  while index < filter.count {
    let octet = filter[index]
    let startsLevel = index == 0 || filter[index - 1] == 0x2F
    let endsLevel = index + 1 == filter.count || filter[index + 1] == 0x2F
    switch octet {
    case 0: return false
    case 0x23: if !startsLevel || index + 1 != filter.count { return false }
    case 0x2B: if !startsLevel || !endsLevel { return false }
    case 0x2F: levels += 1
    default: break
    }
    index += 1
  }
  return levels <= levelLimit
}

/// Whether a filter holds `+` or `#`.
public func hasWildcard(_ filter: Span<UInt8>) -> Bool {
  var index = 0
  while index < filter.count {
    if filter[index] == 0x2B || filter[index] == 0x23 { return true }
    index += 1
  }
  return false
}

/// Where the level that starts at `offset` ends: the next `/`, or the end of the topic.
@inlinable
public func levelEnd(_ topic: Span<UInt8>, from offset: Int) -> Int {
  var end = offset
  while end < topic.count, topic[end] != 0x2F { end += 1 }
  return end
}

/// Whether the Topic Filter `filter` matches the Topic Name `name` [MQTT 4.7].
///
/// A filter that starts with a wildcard does not match a name that starts with `$` [MQTT-4.7.2-1],
/// [MQTT5-4.7.2-1]. `#` also matches the parent level. Both must have passed their rules.
public func topicMatches(filter: Span<UInt8>, name: Span<UInt8>) -> Bool {
  if !name.isEmpty, name[0] == 0x24, !filter.isEmpty, filter[0] == 0x2B || filter[0] == 0x23 {
    return false
  }
  var f = 0
  var n = 0
  while f < filter.count {
    if filter[f] == 0x23 { return true }
    if filter[f] == 0x2B {
      f += 1
      while n < name.count, name[n] != 0x2F { n += 1 }
    } else {
      while f < filter.count, filter[f] != 0x2F {
        guard n < name.count, name[n] == filter[f] else { return false }
        f += 1
        n += 1
      }
      guard n == name.count || name[n] == 0x2F else { return false }
    }
    if f == filter.count { return n == name.count }
    // The filter has a further level; "a/#" also matches "a".
    if n == name.count { return f + 2 == filter.count && filter[f + 1] == 0x23 }
    f += 1
    n += 1
  }
  // The filter ended with "/": its last level is empty, and so must be the name's.
  return n == name.count && (f == 0 || filter[f - 1] == 0x2F)
}
