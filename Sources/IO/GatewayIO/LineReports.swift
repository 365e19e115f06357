import MQTTSNGateway
import Reactor
import SerialFraming

/// What there is to see of a line.
public struct LineReport: Sendable {
  /// The line's number, as in `NodeAddress`.
  public var line: UInt16
  /// "udp 0.0.0.0:1884" or the path of the serial port.
  public var name: String
  /// Whether it is a serial line.
  public var isSerial: Bool
  /// Whether it is open.
  public var isOpen: Bool
  /// What was counted.
  public var counters: LineCounters
}

extension GatewayService {
  /// The number of lines.
  public var lineCount: Int { sockets.count + ports.count }

  /// What there is to see of the line at `index` (0..<`lineCount`), sockets first; traps outside.
  public func line(at index: Int) -> LineReport {
    if index < sockets.count {
      return LineReport(
        line: LineNumber.socket(index), name: "udp \(sockets[index].socket.localAddress)",
        isSerial: false, isOpen: true, counters: sockets[index].counters)
    }
    let port = index - sockets.count
    return LineReport(
      line: LineNumber.port(port), name: ports[port].settings.path, isSerial: true,
      isOpen: ports[port].port != nil, counters: ports[port].counters)
  }

  /// Where a node is, printable: "udp 127.0.0.1:40000", the path of its serial port, or that with
  /// the address of its radio, "/dev/ttyS0 0013A20040612BB1"; with "node 01af" behind it for one that
  /// is behind a forwarder.
  public func place(of address: NodeAddress) -> String {
    let nodeID = gateway.wirelessNodeID(of: address)
    guard address.isForwarded else { return linePlace(of: address) }
    return "\(linePlace(of: address)) node \(hexadecimal(nodeID))"
  }

  private func linePlace(of address: NodeAddress) -> String {
    let port = Int(address.line) - Int(LineNumber.firstPort)
    if port >= 0 { return port < ports.count ? ports[port].place(of: address) : "?" }
    guard let peer = address.peer else { return "?" }
    return "udp \(peer)"
  }

  private func hexadecimal(_ octets: Span<UInt8>) -> String {
    var text = ""
    for index in 0..<octets.count {
      text += octets[index] < 16 ? "0" : ""
      text += String(octets[index], radix: 16)
    }
    return text
  }
}

extension PortLine {
  fileprivate func place(of address: NodeAddress) -> String {
    guard settings.format.hasRadios else { return settings.path }
    let station = radios.station(of: address)
    let isKnown = station.isLongKnown
    let digits = String(isKnown ? station.wide : UInt64(station.short), radix: 16, uppercase: true)
    let zeros = String(repeating: "0", count: (isKnown ? 16 : 4) - digits.count)
    return "\(settings.path) \(zeros)\(digits)"
  }
}
