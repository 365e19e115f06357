import CommandKit
import MQTTCodec
import MQTTTerms

/// How `martlet sub` shows a message, and which.
struct MessageForm {
  var showsTopics = false
  var endsLines = true
  var showsRetained = true
  /// The format of `-F`, in place of topic and payload.
  var format: MessageFormat?
  /// The filters of `-T`: messages of their topics are not shown.
  var hidden: [[UInt8]] = []
  /// How many of 1,000 messages are shown.
  var share = 1000
  /// What is shown for a payload, in place of all else; nil for a payload that is not to be.
  var rendering: (([UInt8]) -> String?)?

  /// Writes a message; false where it is not to be shown.
  func write(_ message: borrowing Publish, _ output: inout StandardOutput) -> Bool {
    if let rendering {
      let payload = message.payload
      guard let text = rendering(payload.indices.map { payload[$0] }) else { return false }
      output.write(text)
      return true
    }
    guard let format else {
      return write(
        topic: message.header.topicName, payload: message.payload,
        isRetained: message.header.isRetained, &output)
    }
    guard shows(message.header.topicName, isRetained: message.header.isRetained) else {
      return false
    }
    MessageFields(message).write(format, &output)
    if endsLines { output.write("\n") }
    return true
  }

  /// Writes a message without properties; false where it is not to be shown.
  func write(
    topic: Span<UInt8>, payload: Span<UInt8>, isRetained: Bool, _ output: inout StandardOutput
  ) -> Bool {
    guard shows(topic, isRetained: isRetained) else { return false }
    if showsTopics {
      output.write(topic)
      output.write(payload.isEmpty ? " (null)" : " ")
    }
    output.write(payload)
    if endsLines { output.write("\n") }
    return true
  }

  private func shows(_ topic: Span<UInt8>, isRetained: Bool) -> Bool {
    guard showsRetained || !isRetained else { return false }
    for filter in hidden where topicMatches(filter: filter.span, name: topic) { return false }
    return share == 1000 || Int.random(in: 0..<1000) < share
  }
}
