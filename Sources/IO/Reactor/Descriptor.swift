import CLinux
import Glibc

/// An open file descriptor with one owner, closed with it.
@frozen
public struct Descriptor: ~Copyable, Sendable {
  /// The descriptor's number, for the reactor and for system calls.
  public let number: Int32

  /// Takes over `number`, which is open and which nobody else closes.
  @inlinable
  public init(owning number: Int32) { self.number = number }

  @inlinable
  deinit { _ = close(number) }

  /// Lets the process have as many descriptors as the system allows it; tells how many.
  @discardableResult
  public static func raiseLimit() -> Int { Int(clamping: linux_raise_descriptor_limit()) }
}

/// What came of a read.
@frozen
public enum ReadResult: BitwiseCopyable, Sendable, Equatable {
  /// This many bytes (at least 1) were read.
  case bytes(Int)
  /// Nothing is there now.
  case wouldBlock
  /// The peer has closed, hung up or been unplugged.
  case closed
  /// The read failed with this error number.
  case failed(Int32)

  /// The result of a system call that returned `count`; looks at `errno` when that is negative.
  @inlinable
  public init(returned count: Int) {
    if count > 0 {
      self = .bytes(count)
    } else if count == 0 {
      self = .closed
    } else {
      self = ReadResult(code: errno)
    }
  }

  @usableFromInline
  init(code: Int32) {
    switch code {
    case EAGAIN, EINTR: self = .wouldBlock
    case ECONNRESET, EPIPE: self = .closed
    default: self = .failed(code)
    }
  }
}

/// What came of writing out all that was pending.
@frozen
public enum FlushResult: BitwiseCopyable, Sendable, Equatable {
  /// Nothing is pending any more.
  case drained
  /// The system takes no more for now: ask the reactor for writability.
  case blocked
  /// The write failed with this error number, and the stream is of no more use.
  case failed(Int32)
}
