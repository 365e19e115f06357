/// A filter in which `%c` and `%u`, where they fill a level, are the Client Identifier and the user
/// name. Nil where such a name is empty, missing, or more than a name there: with a wildcard in it.
public func filter(
  of pattern: [UInt8], clientID: Span<UInt8>, userName: Span<UInt8>?
) -> [UInt8]? {
  var filter: [UInt8] = []
  for level in pattern.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
    if level.startIndex > 0 { filter.append(UInt8(ascii: "/")) }
    if level.elementsEqual("%c".utf8) {
      guard append(clientID, to: &filter) else { return nil }
    } else if level.elementsEqual("%u".utf8) {
      guard let userName, append(userName, to: &filter) else { return nil }
    } else {
      filter += level
    }
  }
  return filter
}

/// Appends a name; false for one that would be more than a name there.
private func append(_ name: Span<UInt8>, to filter: inout [UInt8]) -> Bool {
  for index in name.indices {
    if name[index] == UInt8(ascii: "+") || name[index] == UInt8(ascii: "#") { return false }
    filter.append(name[index])
  }
  return !name.isEmpty
}
