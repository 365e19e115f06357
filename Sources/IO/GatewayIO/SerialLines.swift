import Datagrams
import Glibc
import MQTTSNGateway
import Reactor
import SerialFraming
import SessionLink
import Slabs

extension GatewayService {
  /// Opens the serial lines whose time has come.
  mutating func openPorts(_ reactor: inout Reactor, at now: LinkTime) {
    watchPlugs(&reactor)
    for index in 0..<ports.count {
      if let openAt = ports[index].openAt, openAt <= now { open(port: index, &reactor, at: now) }
    }
  }

  private mutating func open(port index: Int, _ reactor: inout Reactor, at now: LinkTime) {
    let settings = ports[index].settings
    do {
      let port = try SerialLine(path: settings.path, baud: settings.baud)
      let token = token(ofLine: LineNumber.port(index))
      try reactor.add(port.number, token: token, interest: .readable)
      ports[index].port = consume port
      ports[index].openAt = nil
      noteOpened(index)
    } catch {
      ports[index].openAt = ports[index].schedule.failed(at: now)
      if ports[index].toldReason != error.reason { notices.append(.serialUnavailable(error)) }
      ports[index].toldReason = error.reason
    }
  }

  private mutating func noteOpened(_ index: Int) {
    let settings = ports[index].settings
    if ports[index].wasOpen {
      ports[index].totals.reopened &+= 1
      notices.append(.serialReopened(path: settings.path))
    } else {
      notices.append(.serialOpened(path: settings.path, baud: settings.baud))
    }
    ports[index].wasOpen = true
    ports[index].toldReason = nil
    ports[index].isBlocked = false
  }

  /// The line is unplugged or broken: closes it and opens it again later. Its nodes stay until they
  /// are silent for too long.
  mutating func lose(port index: Int, _ error: SystemError?, at now: LinkTime) {
    guard ports[index].port != nil else { return }
    ports[index].close()
    ports[index].openAt = ports[index].schedule.failed(at: now)
    // That it is gone is told here.
    ports[index].toldReason = SystemError.reason(ENOENT)
    let totals = ports[index].totals
    notices.append(
      .serialLost(
        path: ports[index].settings.path, error, received: totals.received, sent: totals.sent,
        errors: totals.frames.errorCount))
  }

  /// Does what time demands of an open line: tells of its errors, sends what waited too long.
  mutating func advancePorts(to now: LinkTime) {
    for index in 0..<ports.count {
      if var errors = ports[index].told.next(ports[index].errors, at: now) {
        let driver = ports[index].counters.driver
        errors.driver = driver.since(ports[index].toldDriver)
        ports[index].toldDriver = driver
        notices.append(.serialErrors(path: ports[index].settings.path, errors))
      }
      ports[index].release(at: now)
    }
  }

  /// Writes what is pending, and watches for room when not all of it went.
  mutating func flush(port index: Int, _ reactor: inout Reactor, at now: LinkTime) {
    guard let result = ports[index].port?.flush() else { return }
    switch result {
    case .drained: watch(port: index, isBlocked: false, &reactor)
    case .blocked: watch(port: index, isBlocked: true, &reactor)
    case .failed(let code):
      let path = ports[index].settings.path
      lose(port: index, SystemError("write \(path)", code: code), at: now)
    }
  }

  private mutating func watch(port index: Int, isBlocked: Bool, _ reactor: inout Reactor) {
    guard ports[index].isBlocked != isBlocked, let number = ports[index].port?.number else {
      return
    }
    ports[index].isBlocked = isBlocked
    do {
      try reactor.modify(
        number, token: token(ofLine: LineNumber.port(index)),
        interest: isBlocked ? [.readable, .writable] : .readable)
    } catch {
      notices.append(.failed(error))
    }
  }
}

extension PortLine {
  /// What went wrong until now.
  var errors: LineErrors { LineErrors(reader.counters, reader.radio) }

  /// When there is something to do: open the port, tell of errors, no longer wait for the radio.
  var deadline: LinkTime? {
    var earliest = openAt
    if let time = told.deadline(errors) { earliest = min(time, earliest ?? time) }
    if !held.isEmpty, let time = radios.waitsUntil { earliest = min(time, earliest ?? time) }
    return earliest
  }

  /// Frames a datagram for a node, or for everybody, with `frame` as scratch room, and lets it wait
  /// for the flush; behind a radio also for the radio's answer to what went before.
  mutating func send(
    _ datagram: Span<UInt8>, to address: NodeAddress?, _ frame: inout Slab<UInt8>,
    at now: LinkTime
  ) {
    // After idle a delimiter goes first, which ends whatever noise came before.
    let isOpening = port?.pendingCount ?? 0 == 0
    frame.removeAll()
    do throws(FramingError) {
      let station = address.map { radios.station(of: $0) } ?? .everybody
      let frameID = radios.nextFrameID()
      let room = writer.maximumSize(bodyCount: datagram.count)
      try frame.write(room: room) { output throws(FramingError) in
        try writer.encode(
          datagram, to: station, frameID: frameID, isOpening: isOpening, into: &output)
      }
    } catch {
      return totals.dropped &+= 1
    }
    if port != nil, radios.waitsUntil != nil || !held.isEmpty {
      if !held.append(frame.span) { totals.dropped &+= 1 }
    } else {
      count(isSent: port?.write(frame.span) ?? false, at: now)
    }
  }

  /// Lets go what waited for the radio's answer, when it has come or does not come any more.
  mutating func release(at now: LinkTime) {
    if let until = radios.waitsUntil, until <= now { radios.giveUp() }
    while radios.waitsUntil == nil, !held.isEmpty, var opened = port.take() {
      count(isSent: held.writeFirst(to: &opened), at: now)
      port = consume opened
    }
  }

  private mutating func count(isSent: Bool, at now: LinkTime) {
    if isSent { totals.sent &+= 1 } else { totals.dropped &+= 1 }
    if isSent, settings.format.hasRadios { radios.wrote(at: now) }
  }
}
