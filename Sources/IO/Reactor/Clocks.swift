import CLinux
import Glibc

/// The clock that all deadlines are measured by: it never jumps.
public enum MonotonicClock {
  /// Milliseconds since some moment before the process started.
  public static func now() -> UInt64 { linux_monotonic_milliseconds() }

  /// The same clock in nanoseconds, for measuring.
  public static func nanoseconds() -> UInt64 { linux_monotonic_nanoseconds() }
}

/// The clock on the wall, for logs only: it may jump.
public enum WallClock {
  /// Seconds since 1970-01-01 00:00 UTC.
  public static func seconds() -> Int64 { Int64(time(nil)) }
}

/// The clock that counts what a process has used of the processors, all its threads together.
public enum ProcessorClock {
  /// Nanoseconds that the process with that number has used (0: this one); nothing when there is no
  /// such process.
  public static func nanoseconds(ofProcess process: Int32 = 0) -> UInt64? {
    UInt64(exactly: linux_processor_nanoseconds(process))
  }
}
