import CSerialPort
import Reactor

/// The serial ports of this machine, as libserialport finds them: real ones, no pseudo-terminals.
public enum SerialPorts {
  /// One port, for a human to choose from.
  public struct Entry: Equatable, Sendable {
    /// The device: "/dev/ttyUSB0".
    public let path: String
    /// What the system calls it; empty when unknown.
    public let description: String
    /// The USB vendor and product numbers of an adapter; nothing for other ports.
    public let usb: USBNumbers?
    /// The adapter's serial number; empty when it has none.
    public let serialNumber: String
  }

  /// The USB vendor and product numbers.
  public struct USBNumbers: Equatable, Sendable, CustomStringConvertible {
    /// The vendor's number (16 bits).
    public let vendor: Int
    /// The product's number (16 bits).
    public let product: Int

    /// "0403:6001".
    public var description: String { "\(hexadecimal(vendor)):\(hexadecimal(product))" }

    private func hexadecimal(_ number: Int) -> String {
      let digits = String(number, radix: 16)
      return String(repeating: "0", count: max(4 - digits.count, 0)) + digits
    }
  }

  /// Lists the ports. Blocks for as long as the system takes.
  public static func list() throws(SystemError) -> [Entry] {
    var first: UnsafeMutablePointer<OpaquePointer?>?
    guard sp_list_ports(&first) == SP_OK, let first else {
      throw SystemError("list serial ports", code: sp_last_error_code())
    }
    defer { sp_free_port_list(first) }
    var entries: [Entry] = []
    var next = first
    while let port = next.pointee {
      entries.append(entry(port))
      next += 1
    }
    return entries
  }

  private static func entry(_ port: OpaquePointer) -> Entry {
    Entry(
      path: text(sp_get_port_name(port)), description: text(sp_get_port_description(port)),
      usb: usbNumbers(port), serialNumber: text(sp_get_port_usb_serial(port)))
  }

  private static func usbNumbers(_ port: OpaquePointer) -> USBNumbers? {
    var vendor: Int32 = 0
    var product: Int32 = 0
    guard sp_get_port_usb_vid_pid(port, &vendor, &product) == SP_OK else { return nil }
    return USBNumbers(vendor: Int(vendor), product: Int(product))
  }

  private static func text(_ bytes: UnsafeMutablePointer<CChar>?) -> String {
    bytes.map { String(cString: $0) } ?? ""
  }
}
