import CSerialPort
import Glibc
import Reactor

/// The serial ports of this machine, as libserialport finds them: real ones, no pseudo-terminals.
public enum SerialPorts {
  /// One port, for a human to choose from.
  public struct Entry: Equatable, Sendable {
    /// The device: "/dev/ttyUSB0".
    public var path: String
    /// What the system calls it; empty when unknown.
    public var description = ""
    /// The USB vendor and product numbers of an adapter; nothing for other ports.
    public var usb: USBNumbers?
    /// The adapter's serial number; empty when it has none.
    public var serialNumber = ""
    /// Who made the adapter, in its own words; empty when it does not say.
    public var manufacturer = ""
    /// What the adapter calls itself; empty when it does not say.
    public var product = ""
    /// Names of the device that stay the same over plugging and restarts.
    public var links: [String] = []

    /// The port at `path`, of which nothing else is known.
    public init(path: String) { self.path = path }
  }

  /// The USB vendor and product numbers.
  public struct USBNumbers: Equatable, Sendable, CustomStringConvertible {
    /// The vendor's number (16 bits).
    public let vendor: Int
    /// The product's number (16 bits).
    public let product: Int

    /// Both numbers.
    public init(vendor: Int, product: Int) {
      self.vendor = vendor
      self.product = product
    }

    /// "0403:6001".
    public var description: String { "\(hexadecimal(vendor)):\(hexadecimal(product))" }

    private func hexadecimal(_ number: Int) -> String {
      let digits = String(number, radix: 16)
      return String(repeating: "0", count: max(4 - digits.count, 0)) + digits
    }
  }

  /// Where udev's rules put links to serial ports.
  private static let linkFolders = ["/dev/martlet", "/dev/serial/by-id"]

  /// Lists the ports, by path. Blocks for as long as the system takes.
  public static func list() throws(SystemError) -> [Entry] {
    var first: UnsafeMutablePointer<OpaquePointer?>?
    guard sp_list_ports(&first) == SP_OK, let first else {
      throw SystemError("list serial ports", code: sp_last_error_code())
    }
    defer { sp_free_port_list(first) }
    let links = linkFolders.flatMap { self.links(in: $0) }
    var entries: [Entry] = []
    var next = first
    while let port = next.pointee {
      var entry = entry(port)
      entry.links = links.filter { $0.target == entry.path }.map(\.path)
      entries.append(entry)
      next += 1
    }
    return entries.sorted { $0.path < $1.path }
  }

  private static func entry(_ port: OpaquePointer) -> Entry {
    var entry = Entry(path: text(sp_get_port_name(port)))
    entry.description = text(sp_get_port_description(port))
    entry.usb = usbNumbers(port)
    entry.serialNumber = text(sp_get_port_usb_serial(port))
    entry.manufacturer = text(sp_get_port_usb_manufacturer(port))
    entry.product = text(sp_get_port_usb_product(port))
    return entry
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

  /// The links in a folder and what they lead to, by name; none where there is no such folder.
  static func links(in folder: String) -> [(path: String, target: String)] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var links: [(path: String, target: String)] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let path = "\(folder)/\(name)"
      guard name != ".", name != "..", let target = realpath(path, nil) else { continue }
      links.append((path, String(cString: target)))
      free(target)
    }
    return links.sorted { $0.path < $1.path }
  }
}
