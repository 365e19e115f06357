import CommandKit
import MQTTCodec

/// How `martlet sub` shows a message.
struct MessageForm {
  let showsTopics: Bool
  let endsLines: Bool
  let showsRetained: Bool

  /// Writes the message; false where it is not to be shown.
  func write(_ message: Publish, _ output: inout StandardOutput) -> Bool {
    guard showsRetained || !message.header.isRetained else { return false }
    if showsTopics {
      output.write(message.header.topicName)
      output.write(message.payload.isEmpty ? " (null)" : " ")
    }
    output.write(message.payload)
    if endsLines { output.write("\n") }
    return true
  }
}
