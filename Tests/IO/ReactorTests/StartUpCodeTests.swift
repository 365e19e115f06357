import Testing

@testable import Reactor

@Suite struct StartUpCodeTests {
  /// How much of the code of this process's files is in its memory, in KiB.
  private func residentCode() throws -> Int {
    var isCode = false
    var sum = 0
    for line in try readTextFile("/proc/self/smaps").split(separator: "\n") {
      let words = line.split(separator: " ")
      if words[0].last != ":" { isCode = words[1] == "r-xp" && words.count > 5 }
      if isCode, words[0] == "Rss:" { sum += try #require(Int(words[1])) }
    }
    return sum
  }

  @Test func `code that has run leaves the memory`() throws {
    let before = try residentCode()
    Memory.releaseCode()
    #expect(try residentCode() < before)
  }

  @Test func `only what is all in a file is let go`() {
    let mappings = """
      1000-3000 r-xp 00001000 08:01 42                         /usr/bin/martlet
      Size:                  8 kB
      Anonymous:             0 kB
      VmFlags: rd ex mr mw me
      3000-4000 r--p 00003000 08:01 42                         /usr/bin/martlet
      Anonymous:             0 kB
      4000-5000 r--p 00003000 08:01 42                         /usr/bin/martlet, its addresses
      Anonymous:             4 kB
      4000-5000 rw-p 00003000 08:01 42                         /usr/bin/martlet
      Anonymous:             0 kB
      7000-9000 r-xp 00001000 08:01 43                         /lib/with a breakpoint.so
      Anonymous:             4 kB
      a000-b000 r-xp 00000000 00:00 0
      Anonymous:             0 kB
      7ffb5609f000-7ffb560a1000 r-xp 00000000 00:00 0          [vdso]
      Anonymous:             0 kB
      c000-c000 r-xp 00001000 08:01 44                         /lib/empty.so
      Anonymous:             0 kB
      ffffffffff600000-ffffffffff601000 r-xp 00000000 08:01 45 /lib/last.so
      Anonymous:             0 kB
      """
    #expect(
      releasableCode(of: mappings) == [
        0x1000..<0x3000, 0x3000..<0x4000, 0xffff_ffff_ff60_0000..<0xffff_ffff_ff60_1000,
      ])
  }

  @Test(arguments: [
    "", " ", "Anonymous: 0 kB", "r-xp", "1000 r-xp 0 0 0 /a\nAnonymous: 0 kB",
    "3000-1000 r-xp 0 0 0 /a\nAnonymous: 0 kB", "x-y r-xp 0 0 0 /a\nAnonymous: 0 kB",
    "1-2-3 r-xp 0 0 0 /a\nAnonymous: 0 kB", "1000-2000 r-xp 0 0 0 /a\nAnonymous:",
  ])
  func `a text of another form lets nothing go`(mappings: String) {
    #expect(releasableCode(of: mappings).isEmpty)
  }
}
