import CLinux
import Glibc

/// What to wait for on a descriptor. Hang-up and errors are always told.
@frozen
public struct Interest: OptionSet, BitwiseCopyable, Sendable {
  /// The bits of `epoll_event.events`.
  public let rawValue: UInt32

  /// Makes an interest from epoll's bits.
  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// There is something to read, or a connection to accept.
  @inlinable public static var readable: Interest { Interest(rawValue: linux_epoll_readable()) }
  /// There is room to write, or a connection attempt has ended.
  @inlinable public static var writable: Interest { Interest(rawValue: linux_epoll_writable()) }
}

/// One descriptor that has become ready.
@frozen
public struct ReadyEvent: BitwiseCopyable, Sendable {
  /// The number that was given to `add`.
  public let token: UInt64
  /// What is ready, in epoll's bits.
  public let bits: UInt32

  /// Makes an event.
  @inlinable
  public init(token: UInt64, bits: UInt32) {
    self.token = token
    self.bits = bits
  }

  /// Whether a read will tell something new: bytes, the end, or an error.
  @inlinable public var isReadable: Bool {
    bits & (linux_epoll_readable() | linux_epoll_failed() | linux_epoll_hung_up()) != 0
  }

  /// Whether a write will tell something new.
  @inlinable public var isWritable: Bool {
    bits & (linux_epoll_writable() | linux_epoll_failed() | linux_epoll_hung_up()) != 0
  }

  /// Whether both directions are gone, or the line is unplugged.
  @inlinable public var isHungUp: Bool { bits & linux_epoll_hung_up() != 0 }

  /// Whether an error is pending.
  @inlinable public var isFailed: Bool { bits & linux_epoll_failed() != 0 }
}

/// The one place where the process waits: an epoll instance, level-triggered.
///
/// The reactor keeps no handlers and no deadlines. The loop gives each descriptor a token, computes
/// the time-out from its machines' deadlines, waits, and then walks the events by index.
public struct Reactor: ~Copyable {
  /// How many events one wait brings at most; the others come with the next.
  public static let eventCapacity = 256

  private let epoll: Descriptor
  /// Room for epoll's events, whose size differs between processors.
  private let events: OwnedMemory
  /// How many events the last wait brought (0...`eventCapacity`).
  public private(set) var eventCount = 0

  /// Opens the epoll instance.
  public init() throws(SystemError) {
    let number = linux_epoll_create()
    guard number >= 0 else { throw .last("create an epoll instance") }
    epoll = Descriptor(owning: number)
    events = OwnedMemory(byteCount: Reactor.eventCapacity * linux_epoll_event_size())
  }

  /// The descriptor that can be read while something is ready: for a loop around this one.
  public var number: Int32 { epoll.number }

  /// Watches the descriptor `number` under `token`.
  public mutating func add(
    _ number: Int32, token: UInt64, interest: Interest
  ) throws(SystemError) {
    try change(EPOLL_CTL_ADD, number, token, interest)
  }

  /// Changes what is watched on a descriptor, and its token.
  public mutating func modify(
    _ number: Int32, token: UInt64, interest: Interest
  ) throws(SystemError) {
    try change(EPOLL_CTL_MOD, number, token, interest)
  }

  /// Stops watching a descriptor. Closing it does the same, as long as it was never duplicated.
  public mutating func remove(_ number: Int32) throws(SystemError) {
    try change(EPOLL_CTL_DEL, number, 0, [])
  }

  /// Waits until something is ready or `timeoutMilliseconds` have passed: `nil` waits without an
  /// end, 0 only looks. A signal ends the wait with no events.
  public mutating func wait(timeoutMilliseconds: Int?) throws(SystemError) {
    let timeout = timeoutMilliseconds.map { Int32(clamping: max($0, 0)) } ?? -1
    let count = linux_epoll_wait(
      epoll.number, events.base, Int32(Reactor.eventCapacity), timeout)
    eventCount = max(Int(count), 0)
    if count < 0 && errno != EINTR { throw .last("wait for events") }
  }

  /// The event at `index` (0..<`eventCount`) of the last wait; traps outside.
  public func event(at index: Int) -> ReadyEvent {
    precondition(index >= 0 && index < eventCount)
    return ReadyEvent(
      token: linux_epoll_token(events.base, Int32(index)),
      bits: linux_epoll_events(events.base, Int32(index)))
  }

  private func change(
    _ operation: Int32, _ number: Int32, _ token: UInt64, _ interest: Interest
  ) throws(SystemError) {
    let status = linux_epoll_change(epoll.number, operation, number, interest.rawValue, token)
    guard status == 0 else { throw .last("watch descriptor \(number)") }
  }
}
