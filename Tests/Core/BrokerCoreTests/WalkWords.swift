/// The topics of a random walk.
let walkTopics = ["a", "a/b", "a/b/c", "b", "b/c", "/", "a//b", "a/", "$s/a", "$s"]
/// The filters of a random walk.
let walkFilters = [
  "#", "+", "a/#", "a/+", "+/b", "a/+/c", "+/+", "+/+/#", "$s/#", "$s/+", "a", "a/b", "/+", "b/#",
  "a//b", "a/", "/#",
]

/// Every level's path: one tree node each.
func levels(_ name: String) -> [String] {
  let parts = name.split(separator: "/", omittingEmptySubsequences: false)
  return parts.indices.map { parts[...$0].joined(separator: "/") }
}

func string(_ bytes: Span<UInt8>) -> String {
  var copy: [UInt8] = []
  for index in 0..<bytes.count { copy.append(bytes[index]) }
  return String(decoding: copy, as: UTF8.self)
}
