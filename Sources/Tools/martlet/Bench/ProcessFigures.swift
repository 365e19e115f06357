import Glibc
import Reactor

/// What processes have used of the machine at one moment.
struct ProcessFigures {
  /// Nanoseconds of the monotonic clock.
  var moment: UInt64
  /// Nanoseconds of processor time of the processes under test.
  var processor: UInt64 = 0
  /// The same of this process.
  var own: UInt64
  /// Octets of the resident sets of the processes under test.
  var memory = 0

  init(of processes: [Int32]) throws(BenchError) {
    for process in processes {
      guard let used = ProcessorClock.nanoseconds(ofProcess: process) else {
        throw BenchError("There is no process \(process).")
      }
      processor += used
      memory += try Self.residentSet(of: process)
    }
    own = ProcessorClock.nanoseconds() ?? 0
    moment = MonotonicClock.nanoseconds()
  }

  private static func residentSet(of process: Int32) throws(BenchError) -> Int {
    do throws(SystemError) {
      let text = try readTextFile("/proc/\(process)/statm")
      let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      return pages * sysconf(Int32(_SC_PAGESIZE))
    } catch { throw BenchError(error) }
  }
}
