import CLinux
import Glibc

/// A process in the background, whose parent waits until it has started, so that what keeps it from
/// starting is still the caller's to see.
public struct Background: ~Copyable {
  /// Closed without a word when the process ends before `finish`.
  private let report: Descriptor

  /// Goes on in a child process in a session of its own. The parent does not return from here: it
  /// ends with 0 when the child calls `finish`, else with the child's status. Before any thread starts.
  public init() throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .last("open a pipe") }
    let reading = Descriptor(owning: ends[0])
    let writing = Descriptor(owning: ends[1])
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
    let child = linux_fork()
    guard child >= 0 else { throw .last("go into the background") }
    if child > 0 {
      _ = close(ends[1])
      Self.wait(for: child, reading.number)
    }
    _ = setsid()
    report = writing
  }

  private static func wait(for child: Int32, _ number: Int32) -> Never {
    var octet: UInt8 = 0
    var count = 0
    repeat { count = read(number, &octet, 1) } while count < 0 && errno == EINTR
    _exit(count == 1 ? 0 : linux_exit_status(child))
  }

  /// Lets go of the terminal and of the waiting parent.
  public func finish() {
    let nothing = open("/dev/null", O_RDWR)
    for number in 0...2 as ClosedRange<Int32> where nothing >= 0 { _ = dup2(nothing, number) }
    if nothing > 2 { _ = close(nothing) }
    _ = write(report.number, [1], 1)
  }
}
