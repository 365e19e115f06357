import CLinux
import Glibc
import Reactor
import Testing

@testable import Datagrams

/// A pseudo-terminal: `master` is the device, `path` the port that a line opens.
struct PseudoTerminal: ~Copyable {
  let master: Descriptor
  let path: String

  init() throws {
    let number = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    var name = [CChar](repeating: 0, count: 64)
    let ready = grantpt(number) == 0 && unlockpt(number) == 0
    try #require(ready && ptsname_r(number, &name, name.count) == 0)
    master = Descriptor(owning: number)
    path = name.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
  }
}

@Suite struct SerialLineTests {
  @Test(arguments: [9600, 115_200, 123_456, 1_000_000])
  func `a line runs at the rate that was asked for`(rate: Int) throws {
    let terminal = try PseudoTerminal()
    let line = try SerialLine(path: terminal.path, baud: rate)
    let baud = line.baud
    #expect(baud == rate)
  }

  @Test func `every octet passes in both directions as it is`() throws {
    let terminal = try PseudoTerminal()
    var line = try SerialLine(path: terminal.path, baud: 115_200)
    let every = (0...255).map { UInt8($0) }
    let written = line.write(every.span)
    let result = line.flush()
    #expect(written && result == .drained)
    let sent = line.octetsSent
    #expect(sent == 256)
    var room = [UInt8](repeating: 0, count: 1024)
    try awaitReadable(terminal.master.number)
    #expect(read(terminal.master.number, &room, room.count) == 256)
    #expect(Array(room[..<256]) == every)

    #expect(write(terminal.master.number, every, every.count) == 256)
    var received: [UInt8] = []
    while received.count < 256 {
      try awaitReadable(line.number)
      guard case .bytes = line.receive() else { break }
      received += copy(line.received)
    }
    #expect(received == every)
    let count = line.octetsReceived
    let errors = line.driverErrors
    #expect(count == 256 && errors == DriverErrors())
    let quiet = line.receive()
    let none = line.received.count
    #expect(quiet == .wouldBlock && none == 0)
  }

  @Test func `a hang-up reads as closed, after the last octets`() throws {
    var master: Descriptor?
    let path: String
    do {
      let terminal = try PseudoTerminal()
      path = terminal.path
      master = Descriptor(owning: dup(terminal.master.number))
    }
    var line = try SerialLine(path: path, baud: 9600)
    if let number = master?.number { #expect(write(number, "end", 3) == 3) }
    try awaitReadable(line.number)
    let last = line.receive()
    let alive = line.isHungUp
    #expect(last == .bytes(3) && !alive)

    var reactor = try Reactor()
    try reactor.add(line.number, token: 0, interest: .readable)
    master = nil
    try reactor.wait(timeoutMilliseconds: 5000)
    let event = reactor.event(at: 0)
    #expect(event.isHungUp && event.isReadable)
    let result = line.receive()
    let gone = line.isHungUp
    #expect(result == .closed && gone)
    line.write([1].span)
    let flushed = line.flush()
    #expect(flushed == .failed(EIO))
  }

  @Test func `a slow line keeps what it did not take, in order and bounded`() throws {
    let terminal = try PseudoTerminal()
    var line = try SerialLine(path: terminal.path, baud: 9600, outputLimit: 10_000)
    var expected: [UInt8] = []
    var round = 0
    var result = FlushResult.drained
    while result != .blocked {
      let frame = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 999)
      let taken = line.write(frame.span)
      try #require(taken)
      expected += frame
      result = line.flush()
      round += 1
    }
    while line.write([0xEE, 0xEE, 0xEE].span) { expected += [0xEE, 0xEE, 0xEE] }
    let pending = line.pendingCount
    let refused = line.droppedCount
    #expect(pending <= 10_000 && pending > 9_990 && refused == 1)
    var received: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 65_536)
    while received.count < expected.count {
      try awaitReadable(terminal.master.number)
      let count = read(terminal.master.number, &room, room.count)
      try #require(count > 0)
      received += room[..<count]
      result = line.flush()
    }
    #expect(received == expected && result == .drained)
  }

  @Test func `a link to a port opens it, and errors name the path as it was given`() throws {
    let terminal = try PseudoTerminal()
    let link = "/tmp/martlet-line-\(getpid())"
    #expect(symlink(terminal.path, link) == 0)
    defer { unlink(link) }
    let line = try SerialLine(path: link, baud: 9600)
    let path = line.path
    #expect(path == link)
  }

  @Test(arguments: [
    ("/dev/no-such-port", 9600, "open /dev/no-such-port: No such file or directory"),
    ("/dev/null", 9600, "open /dev/null: Not a serial port"),
    ("/dev/pts/0", 0, "open /dev/pts/0 at 0 baud: Invalid argument"),
  ])
  func `what is no port says so`(path: String, baud: Int, text: String) {
    var failure: SystemError?
    do throws(SystemError) {
      _ = try SerialLine(path: path, baud: baud)
    } catch {
      failure = error
    }
    #expect(failure?.description == text)
  }

  @Test func `a line is opened by one process alone`() async {
    await #expect(processExitsWith: .success) {
      // The superuser may open a claimed line all the same.
      if getuid() == 0 { try #require(setgid(65534) == 0 && setuid(65534) == 0) }
      let terminal = try PseudoTerminal()
      let line = try SerialLine(path: terminal.path, baud: 9600)
      var code: Int32 = 0
      do throws(SystemError) {
        _ = try SerialLine(path: terminal.path, baud: 9600)
      } catch {
        code = error.code
      }
      try #require(code == EBUSY && line.number >= 0)
    }
  }

  @Test func `listing shows devices, and no pseudo-terminal`() throws {
    for port in try SerialPorts.list() {
      #expect(port.path.hasPrefix("/dev/") && !port.path.hasPrefix("/dev/pts/"))
    }
    #expect(SerialPorts.USBNumbers(vendor: 0x403, product: 0x6001).description == "0403:6001")
  }
}

@Suite struct DriverErrorTests {
  @Test func `the driver's counters count from the opening, across their wrap`() {
    var before = DriverErrors()
    before.overruns = 0xFFFF_FFFE
    before.framing = 5
    var now = DriverErrors()
    now.overruns = 1
    now.framing = 7
    let since = now.since(before)
    var sum = since
    sum += since
    #expect(since.overruns == 3 && since.framing == 2 && sum.overruns == 6 && sum.breaks == 0)
  }
}

@Suite struct PluggingTests {
  @Test func `without a plug udev tells nothing`() throws {
    // A machine without udev has no monitor, which is no error.
    guard let plugs = SerialPlugs() else { try Test.cancel("no udev here") }
    let number = plugs.number
    let hasCome = plugs.takePlugs()
    #expect(number >= 0 && !hasCome)
  }
}

@Suite struct ReopeningTests {
  @Test func `a lost line is tried sooner at first and later on`() {
    var schedule = ReopenSchedule()
    var now: UInt64 = 10_000
    var delays: [UInt64] = []
    for _ in 0..<8 {
      let next = schedule.failed(at: now)
      delays.append(next - now)
      now = next
    }
    #expect(delays == [100, 200, 400, 500, 500, 500, 500, 500])
    schedule.succeeded()
    #expect(schedule.failed(at: now) == now + 100)
  }
}
