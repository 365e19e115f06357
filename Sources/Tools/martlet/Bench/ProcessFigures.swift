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
  /// Octets that the processes under test have for themselves: resident, and in no file.
  var memory = 0

  init(of processes: [Int32]) throws(BenchError) {
    for process in processes {
      guard let used = ProcessorClock.nanoseconds(ofProcess: process) else {
        throw BenchError("There is no process \(process).")
      }
      processor += used
      memory += try Self.ownMemory(of: process)
    }
    own = ProcessorClock.nanoseconds() ?? 0
    moment = MonotonicClock.nanoseconds()
  }

  private static func ownMemory(of process: Int32) throws(BenchError) -> Int {
    do throws(SystemError) {
      let text = try readTextFile("/proc/\(process)/statm")
      let pages = text.split(separator: " ").compactMap { Int($0) }
      // The second is what is resident, the third what of it is in files.
      return pages.count > 2 ? (pages[1] - pages[2]) * sysconf(Int32(_SC_PAGESIZE)) : 0
    } catch { throw BenchError(error) }
  }
}
