/// Whether everything that the Topic Filter `filter` matches is matched by the filter `cover`, level
/// for level. As with topic names, a wildcard in front does not cover a `$`.
func covers(_ cover: Span<UInt8>, _ filter: Span<UInt8>) -> Bool {
  let (slash, plus, hash) = (UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "#"))
  if !filter.isEmpty, filter[0] == UInt8(ascii: "$"), !cover.isEmpty,
    cover[0] == plus || cover[0] == hash
  {
    return false
  }
  var (c, f) = (0, 0)
  while c < cover.count {
    if cover[c] == hash { return true }
    if cover[c] == plus {
      c += 1
      if f < filter.count, filter[f] == hash { return false }
      while f < filter.count, filter[f] != slash { f += 1 }
    } else {
      while c < cover.count, cover[c] != slash {
        guard f < filter.count, filter[f] == cover[c] else { return false }
        c += 1
        f += 1
      }
      guard f == filter.count || filter[f] == slash else { return false }
    }
    if c == cover.count { return f == filter.count }
    // The cover has a further level; "a/#" also covers "a".
    if f == filter.count { return c + 2 == cover.count && cover[c + 1] == hash }
    c += 1
    f += 1
  }
  return f == filter.count && (c == 0 || cover[c - 1] == slash)
}
