import CLinux
import Glibc
import Reactor
import Testing

/// Files that are written, replaced and linked elsewhere.
@Suite struct FolderWatchTests {
  private let folder: String

  init() throws {
    var name = Array("/tmp/folder-watch-XXXXXX".utf8CString)
    folder = String(cString: try #require(mkdtemp(&name)))
  }

  private func write(_ text: String, _ name: String) throws {
    let file = try #require(fopen("\(folder)/\(name)", "w"))
    fputs(text, file)
    fclose(file)
  }

  private func isReadable(_ number: Int32) -> Bool {
    var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) == 1
  }

  @Test func `whatever makes another file of a name is told`() throws {
    try write("one", "a")
    let watch = try FolderWatch()
    try watch.add(folderOf: "\(folder)/a")
    #expect(!isReadable(watch.number))
    let changes: [() throws -> Void] = [
      { try write("two", "a") }, { try write("new", "b") },
      { rename("\(folder)/b", "\(folder)/a") }, { unlink("\(folder)/a") },
      { symlink("elsewhere", "\(folder)/a") },
    ]
    for change in changes {
      try change()
      #expect(isReadable(watch.number))
      watch.drain()
      #expect(!isReadable(watch.number))
    }
  }

  @Test func `what a link leads to is watched too`() throws {
    mkdir("\(folder)/live", 0o700)
    try write("one", "a")
    symlink("../a", "\(folder)/live/a")
    let watch = try FolderWatch()
    try watch.add(folderOf: "\(folder)/live/a")
    try write("two", "a")
    #expect(isReadable(watch.number))
  }

  @Test func `a folder that is not there cannot be watched, by name`() throws {
    let watch = try FolderWatch()
    let error = #expect(throws: SystemError.self) { try watch.add(folderOf: "/nowhere/a") }
    #expect(error?.description == "watch /nowhere/: No such file or directory")
  }

  @Test func `stamps tell files apart, and a link from what it led to before`() throws {
    try write("one", "a")
    try write("two", "b")
    symlink("a", "\(folder)/link")
    let paths = ["\(folder)/a", "\(folder)/link"]
    let before = FileStamps(paths)
    #expect(FileStamps(paths) == before)
    symlink("b", "\(folder)/other")
    rename("\(folder)/other", "\(folder)/link")
    let linked = FileStamps(paths)
    #expect(linked != before)
    unlink("\(folder)/a")
    #expect(FileStamps(paths) != linked)
  }
}
