import Datagrams
import MQTTSNGateway
import Reactor
import SerialFraming
import SessionLink
import Slabs

extension GatewayService {
  /// Opens the serial lines whose time has come.
  mutating func openPorts(_ reactor: inout Reactor, at now: LinkTime) {
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
      if !ports[index].wasOpen, !ports[index].wasToldMissing {
        notices.append(.serialUnavailable(error))
      }
      ports[index].wasToldMissing = true
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
    ports[index].isBlocked = false
  }

  /// The line is unplugged or broken: closes it and opens it again later. Its nodes stay until they
  /// are silent for too long.
  mutating func lose(port index: Int, _ error: SystemError?, at now: LinkTime) {
    guard ports[index].port != nil else { return }
    // Closing the descriptor ends the watching too.
    ports[index].port = nil
    ports[index].reader.reset()
    ports[index].openAt = ports[index].schedule.failed(at: now)
    notices.append(.serialLost(path: ports[index].settings.path, error))
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
  /// Frames a datagram, with `frame` as scratch room, and lets it wait for the flush.
  mutating func send(_ datagram: Span<UInt8>, _ frame: inout Slab<UInt8>) {
    // After idle a delimiter goes first, which ends whatever noise came before.
    let isOpening = port?.pendingCount ?? 0 == 0
    frame.removeAll()
    do throws(FramingError) {
      let room = FrameWriter.maximumSize(bodyCount: datagram.count)
      try frame.write(room: room) { output throws(FramingError) in
        try writer.encode(datagram, isOpening: isOpening, into: &output)
      }
    } catch {
      return totals.dropped &+= 1
    }
    if port?.write(frame.span) ?? false { totals.sent &+= 1 } else { totals.dropped &+= 1 }
  }
}
