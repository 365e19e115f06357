import CLinux
import Glibc

/// The clock that all deadlines are measured by: it never jumps.
public enum MonotonicClock {
  /// Milliseconds since some moment before the process started.
  public static func now() -> UInt64 { linux_monotonic_milliseconds() }
}

/// The clock on the wall, for logs only: it may jump.
public enum WallClock {
  /// Seconds since 1970-01-01 00:00 UTC.
  public static func seconds() -> Int64 { Int64(time(nil)) }
}
