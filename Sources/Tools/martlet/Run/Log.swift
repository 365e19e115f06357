import CommandKit
import ConfigurationFile
import Glibc
import Reactor

/// Where log lines go, and which of them.
struct Log: ~Copyable {
  private let settings: LogSettings
  private let types: LogTypes
  /// Number −1 stands for no file.
  private var file: Descriptor

  /// Opens the log file, if there is one.
  init(_ settings: LogSettings, isVerbose: Bool) throws(SystemError) {
    self.settings = settings
    types = isVerbose ? .all : settings.types
    file = try Self.open(settings.file)
  }

  /// Opens the log file anew, so that a moved one is let go. The old one stays when that fails.
  mutating func reopen() throws(SystemError) { file = try Self.open(settings.file) }

  /// Makes the log file an account's own, so that it can open it anew.
  func give(to account: Account) {
    if file.number >= 0 { account.own(file.number) }
  }

  private static func open(_ path: String?) throws(SystemError) -> Descriptor {
    guard let path else { return Descriptor(owning: -1) }
    let number = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
    guard number >= 0 else { throw .last("open log file \(path)") }
    return Descriptor(owning: number)
  }

  /// Whether lines of a type are written at all, so that their text need not be made.
  func writes(_ type: LogTypes) -> Bool { !types.isDisjoint(with: type) }

  /// Whether connects and disconnects are written.
  var showsConnections: Bool { settings.showsConnections && writes(.notice) }

  /// Writes one line. Bytes of peers in it that are no printable text become `?`.
  func write(_ type: LogTypes, _ text: String) {
    guard writes(type) else { return }
    let stamp = settings.stampsTime ? "\(timeStamp(settings.timestampFormat)): " : ""
    let line = Array((stamp + printable(text) + "\n").utf8)
    if settings.toStandardError { send(line, to: 2) }
    if settings.toStandardOutput { send(line, to: 1) }
    if file.number >= 0 { send(line, to: file.number) }
  }

  private func printable(_ text: String) -> String {
    if text.unicodeScalars.allSatisfy(Self.isPrintable) { return text }
    return String(
      String.UnicodeScalarView(text.unicodeScalars.map { Self.isPrintable($0) ? $0 : "?" }))
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
  }

  private func send(_ line: [UInt8], to number: Int32) {
    line.withUnsafeBytes { _ = Glibc.write(number, $0.baseAddress, $0.count) }
  }
}
