import Glibc

extension Memory {
  /// Takes code that has run and constants that were read out of the process's memory; what is needed
  /// again comes back page by page from the system's cache of files.
  ///
  /// A program touches nearly all of its code while it starts and a small part of it afterwards.
  /// A system that does not tell the mappings keeps all.
  public static func releaseCode() {
    guard let mappings = try? readTextFile("/proc/self/smaps") else { return }
    for addresses in releasableCode(of: mappings) {
      madvise(
        UnsafeMutableRawPointer(bitPattern: addresses.lowerBound), addresses.count, MADV_DONTNEED)
    }
  }
}

/// The addresses of code and constants in `mappings`, a text as /proc/self/smaps has it.
///
/// What has pages of the process's own is left out, for those are in no file: a debugger has set its
/// breakpoints there, or the loader has written addresses.
func releasableCode(of mappings: String) -> [Range<UInt>] {
  var found: [Range<UInt>] = []
  var code: Range<UInt>?
  for line in mappings.split(separator: "\n") {
    let words = line.split(separator: " ")
    if words.first?.last != ":" {
      code = codeAddresses(words)
    } else if let addresses = code, words.starts(with: ["Anonymous:", "0"]) {
      found.append(addresses)
    }
  }
  return found
}

/// Where a file's code or constants are, from the first line about a mapping:
/// `5600-7800 r-xp 00001000 08:01 42 /usr/bin/martlet`.
private func codeAddresses(_ words: [Substring]) -> Range<UInt>? {
  guard words.count > 5, words[1] == "r-xp" || words[1] == "r--p", words[5].first == "/" else {
    return nil
  }
  let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
  return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
}
