import Glibc

/// systemd's journal, spoken to in its own protocol, which has fields beside the text: datagrams of
/// `NAME=value` lines to its socket.
///
/// Line feeds in values are the caller's business: they would begin another field.
public final class Journal {
  /// The most octets of a value; more are cut off, so that an entry is always one datagram.
  public static let longestValue = 16_384
  private static let socket = "/run/systemd/journal/socket"
  private var datagrams: UnixDatagrams?

  /// The journal that standard error leads to; nil when it leads elsewhere.
  public init?() {
    guard Self.isStream(2) else { return nil }
  }

  /// systemd names device and inode of the stream that it has given to the process: it may lead
  /// elsewhere by now.
  private static func isStream(_ number: Int32) -> Bool {
    guard let stream = Environment["JOURNAL_STREAM"] else { return false }
    var status = stat()
    return fstat(number, &status) == 0 && stream == "\(status.st_dev):\(status.st_ino)"
  }

  /// Hands an entry to the journal; false when it does not take it, so that the text is better
  /// written to standard error.
  public func send(_ fields: KeyValuePairs<String, String>) -> Bool {
    var entry: [UInt8] = []
    for (name, value) in fields where !value.isEmpty {
      entry.append(contentsOf: name.utf8)
      entry.append(UInt8(ascii: "="))
      entry.append(contentsOf: value.utf8.prefix(Self.longestValue))
      entry.append(UInt8(ascii: "\n"))
    }
    return send(entry)
  }

  /// The journal may have been started anew: one more try.
  private func send(_ entry: [UInt8]) -> Bool {
    for _ in 0..<2 {
      if datagrams == nil { datagrams = try? UnixDatagrams(to: Self.socket, of: "the journal") }
      if datagrams?.send(entry) == true { return true }
      datagrams = nil
    }
    return false
  }
}
