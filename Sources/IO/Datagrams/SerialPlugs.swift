import CUdev

/// Tells when serial ports are plugged in, as soon as udev has made their links: libudev's monitor.
///
/// Add `number` to the reactor for reading, and call `takePlugs` when it is ready.
public struct SerialPlugs: ~Copyable {
  private let library: OpaquePointer
  private let monitor: OpaquePointer

  /// A monitor of the "tty" subsystem; nothing where there is no udev to ask.
  public init?() {
    guard let library = udev_new() else { return nil }
    guard let monitor = udev_monitor_new_from_netlink(library, "udev") else {
      udev_unref(library)
      return nil
    }
    guard udev_monitor_filter_add_match_subsystem_devtype(monitor, "tty", nil) >= 0,
      udev_monitor_enable_receiving(monitor) >= 0
    else {
      udev_monitor_unref(monitor)
      udev_unref(library)
      return nil
    }
    self.library = library
    self.monitor = monitor
  }

  deinit {
    udev_monitor_unref(monitor)
    udev_unref(library)
  }

  /// The descriptor to watch for reading.
  public var number: Int32 { udev_monitor_get_fd(monitor) }

  /// Takes what has been told, a bounded number at a time; returns whether a port may have come.
  public func takePlugs() -> Bool {
    var hasCome = false
    for _ in 0..<64 {
      guard let device = udev_monitor_receive_device(monitor) else { break }
      if let action = udev_device_get_action(device), String(cString: action) != "remove" {
        hasCome = true
      }
      udev_device_unref(device)
    }
    return hasCome
  }
}
