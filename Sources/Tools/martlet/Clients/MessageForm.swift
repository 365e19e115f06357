import CommandKit

/// How `martlet sub` shows a message.
struct MessageForm {
  let showsTopics: Bool
  let endsLines: Bool
  let showsRetained: Bool

  /// Writes a message; false where it is not to be shown.
  func write(
    topic: Span<UInt8>, payload: Span<UInt8>, isRetained: Bool, _ output: inout StandardOutput
  ) -> Bool {
    guard showsRetained || !isRetained else { return false }
    if showsTopics {
      output.write(topic)
      output.write(payload.isEmpty ? " (null)" : " ")
    }
    output.write(payload)
    if endsLines { output.write("\n") }
    return true
  }
}
