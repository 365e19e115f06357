import Testing

@testable import MQTTTerms

@Suite struct TopicRulesTests {
  @Test(arguments: [
    ("a", "a", true), ("a", "b", false), ("a/b", "a/b", true), ("a/b", "a", false),
    ("a", "a/b", false), ("a/", "a/", true), ("a/", "a", false), ("a", "a/", false),
    ("/", "/", true), ("/a", "/a", true), ("/a", "a", false), ("a//b", "a//b", true),
    ("#", "a", true), ("#", "a/b/c", true), ("#", "/", true), ("a/#", "a", true),
    ("a/#", "a/b/c", true), ("a/#", "ab", false), ("a/#", "b", false), ("+", "a", true),
    ("+", "a/b", false), ("+", "/a", false), ("+/+", "/a", true), ("/+", "/a", true),
    ("+/a", "/a", true), ("a/+", "a/", true), ("a/+", "a", false), ("a/+/c", "a/b/c", true),
    ("a/+/c", "a/b/d", false), ("a/+/#", "a/b", true), ("a/+/#", "a", false),
    ("a/+/#", "a/b/c/d", true), ("+/b/#", "a/b", true), ("sport/+", "sport/", true),
    ("#", "$SYS/x", false), ("+/x", "$SYS/x", false), ("$SYS/#", "$SYS/x", true),
    ("$SYS/+", "$SYS/x", true), ("a/$b", "a/$b", true), ("a/+", "a/$b", true),
  ])
  func `[MQTT-4.7.2-1] [MQTT5-4.7.2-1] filters match as specified`(
    filter: String, name: String, expected: Bool
  ) {
    let matches = topicMatches(filter: Array(filter.utf8).span, name: Array(name.utf8).span)
    #expect(matches == expected)
  }

  @Test(arguments: [
    ("a", true), ("#", true), ("+", true), ("a/#", true), ("a/+/b", true), ("/", true),
    ("//", true),
    ("", false), ("a#", false), ("#/a", false), ("a/#/b", false), ("a+", false), ("+a", false),
    ("a/b+/c", false),
  ])
  func `[MQTT-4.7.1-2] [MQTT-4.7.1-3] [MQTT5-4.7.1-1] [MQTT5-4.7.1-2] filters follow their rules`(
    filter: String, expected: Bool
  ) {
    let accepted = isTopicFilter(Array(filter.utf8).span)
    #expect(accepted == expected)
  }

  @Test(arguments: [
    ("$SYS", true, false, false), ("$SYS/a", true, false, false), ("$SYSTEM", false, false, false),
    ("$SY", false, false, false), ("$sys/a", false, false, false), ("a/$SYS", false, false, false),
    ("$CONTROL", false, true, false), ("$CONTROL/a/v1", false, true, false),
    ("$CONTROLS/a", false, false, false), ("$share", false, false, false),
    ("$share/", false, false, true), ("$share/a/b", false, false, true),
    ("$shared/a", false, false, false), ("", false, false, false), ("#", false, false, false),
  ])
  func `topics of the server's own are told by their first level`(
    topic: String, isSystem: Bool, isControl: Bool, isShare: Bool
  ) {
    let octets = Array(topic.utf8)
    let told = [
      isSystemTopic(octets.span), isControlTopic(octets.span), hasShareLevel(octets.span),
    ]
    #expect(told == [isSystem, isControl, isShare])
  }

  @Test func `a filter of more than 200 levels is refused`() {
    let filter = [UInt8](repeating: 0x2F, count: 199)
    let atLimit = isTopicFilter(filter.span)
    let above = isTopicFilter((filter + [0x2F]).span)
    #expect(atLimit && !above)
  }

  @Test(arguments: ["\0", "a\0", "\0a", "a/\0/b"])
  func `[MQTT-4.7.3-2] [MQTT5-4.7.3-2] no topic name and no filter holds a null character`(
    text: String
  ) {
    let isName = isTopicName(Array(text.utf8).span)
    let isFilter = isTopicFilter(Array(text.utf8).span)
    #expect(!isName)
    #expect(!isFilter)
  }

  @Test(arguments: [("a", true), ("", false), ("a/+", false), ("#", false)])
  func `[MQTT-4.7.1-1] [MQTT-4.7.3-1] [MQTT5-4.7.0-1] [MQTT5-4.7.3-1] topic names have rules`(
    name: String, expected: Bool
  ) {
    let accepted = isTopicName(Array(name.utf8).span)
    #expect(accepted == expected)
  }

  @Test func `a tick time survives the wrap of its clock`() {
    let now = TickTime(milliseconds: .max - 10)
    let later = now.advanced(by: 100)
    #expect(!later.isReached(at: now))
    #expect(later.isReached(at: now.advanced(by: 100)))
    #expect(later.since(now) == 100)
  }

  @Test func `[MQTT-2.3.1-1] [MQTT5-2.2.1-4] packet identifiers never become zero`() {
    #expect(PacketIdentifier(.max).next == PacketIdentifier(1))
  }
}
