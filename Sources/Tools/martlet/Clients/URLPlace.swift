/// Somebody somewhere: `[USER[:PASSWORD]@]HOST[:PORT]`, an IPv6 address in brackets.
struct URLPlace: Equatable {
  private(set) var userName: String?
  private(set) var password: String?
  let host: String
  private(set) var port: UInt16?

  /// Reads it; nil for anything else.
  init?(_ text: Substring) {
    var place = text
    if let end = text.lastIndex(of: "@") {
      let login = text[..<end].split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      userName = login.first.map(String.init)
      if login.count == 2 { password = String(login[1]) }
      place = text[text.index(after: end)...]
    }
    let rest: Substring
    if place.hasPrefix("["), let end = place.firstIndex(of: "]") {
      host = String(place[place.index(after: place.startIndex)..<end])
      rest = place[place.index(after: end)...]
    } else {
      host = String(place.prefix { $0 != ":" })
      rest = place.dropFirst(host.count)
    }
    guard !host.isEmpty else { return nil }
    if rest.isEmpty { return }
    guard rest.hasPrefix(":"), let number = UInt16(rest.dropFirst()), number > 0 else { return nil }
    port = number
  }
}
