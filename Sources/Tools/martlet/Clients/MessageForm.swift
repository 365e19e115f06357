import CommandKit
import MQTTCodec
import MQTTTerms

/// How `sub` and `rr` show a message, and which.
struct MessageForm {
  var showsTopics = false
  var endsLines = true
  var showsRetained = true
  /// The format of `-F`, in place of topic and payload.
  var format: MessageFormat?
  /// Whether JSON is indented.
  var isPretty = false
  /// The filters of `-T`: messages of their topics are not shown.
  var hidden: [[UInt8]] = []
  /// How many of 1,000 messages are shown.
  var share = 1000

  /// Whether a filter of `-T` keeps messages of that topic away.
  func hides(_ topic: Span<UInt8>) -> Bool {
    for filter in hidden where topicMatches(filter: filter.span, name: topic) { return true }
    return false
  }

  /// Whether the next message of that topic is to be shown.
  func shows(_ topic: Span<UInt8>, isRetained: Bool) -> Bool {
    guard showsRetained || !isRetained, !hides(topic) else { return false }
    return share == 1000 || Int.random(in: 0..<1000) < share
  }

  /// A message as it is shown, without an end of line.
  func octets(of message: borrowing Publish, complain: (String) -> Void) -> [UInt8] {
    guard let format else {
      return octets(topic: message.header.topicName, payload: message.payload)
    }
    return MessageFields(message).octets(in: format, isPretty: isPretty, complain: complain)
  }

  private func octets(topic: Span<UInt8>, payload: Span<UInt8>) -> [UInt8] {
    let content = Array(of: payload)
    guard showsTopics else { return content }
    return Array(of: topic) + Array((content.isEmpty ? " (null)" : " ").utf8) + content
  }

  /// Writes a message without properties; false where it is not to be shown.
  func write(
    topic: Span<UInt8>, payload: Span<UInt8>, isRetained: Bool, _ output: inout StandardOutput
  ) -> Bool {
    guard shows(topic, isRetained: isRetained) else { return false }
    write(octets(topic: topic, payload: payload), &output)
    return true
  }

  /// Writes what a message looks like.
  func write(_ octets: [UInt8], _ output: inout StandardOutput) {
    output.write(octets.span)
    if endsLines { output.write("\n") }
  }
}
