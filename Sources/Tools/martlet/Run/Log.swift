import CommandKit
import ConfigurationFile
import Glibc
import Reactor

/// Where log lines go, and which of them.
struct Log: ~Copyable {
  private let settings: LogSettings
  /// Number −1 stands for no file.
  private var file: Descriptor
  private let systemLog: SystemLog?
  /// Takes what would go to standard error.
  private let journal: Journal?
  /// Those that wait for `log_dest topic`; nil without it.
  let published: PublishedLines?

  /// Opens the log file, if there is one, and whatever else lines go to.
  init(_ settings: LogSettings) throws(SystemError) {
    self.settings = settings
    file = try Self.open(settings.file)
    systemLog = settings.toSystemLog ? SystemLog(localFacility: settings.localFacility) : nil
    journal = settings.toStandardError ? Journal() : nil
    published = settings.toTopics ? PublishedLines() : nil
  }

  /// Opens the log file anew, so that a moved one is let go. The old one stays when that fails.
  mutating func reopen() throws(SystemError) { file = try Self.open(settings.file) }

  /// Makes the log file an account's own, so that it can open it anew.
  func give(to account: Account) {
    if file.number >= 0 { account.own(file.number) }
  }

  private static func open(_ path: String?) throws(SystemError) -> Descriptor {
    guard let path else { return Descriptor(owning: -1) }
    // Who may write to the folder must not choose what root appends to.
    let noLink = geteuid() == 0 && !path.hasPrefix("/dev/") ? O_NOFOLLOW : 0
    let number = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | noLink, 0o640)
    guard number >= 0 else { throw .last("open log file \(path)") }
    return Descriptor(owning: number)
  }

  /// Whether lines of a type are written at all, so that their text need not be made.
  func writes(_ type: LogTypes) -> Bool { !settings.types.isDisjoint(with: type) }

  /// Whether connects and disconnects are written.
  var showsConnections: Bool { settings.showsConnections && writes(.notice) }

  /// Writes one line. Bytes of peers in it that are no printable text become `?`.
  func write(_ type: LogTypes, _ text: String) { write(LogLine(type: type, text: text)) }

  /// The same for a line about somebody.
  func write(_ line: LogLine) {
    guard writes(line.type), !line.isAboutConnection || showsConnections else { return }
    let text = printable(line.text)
    if settings.toStandardError, journal?.send(entry(line, text)) != true { send(text, to: 2) }
    if settings.toStandardOutput { send(text, to: 1) }
    if file.number >= 0 { send(text, to: file.number) }
    systemLog?.write(line.type.severity, text)
    if let published, let topic = line.type.topic { published.append(topic, stamped(text)) }
  }

  private func stamped(_ text: String) -> String {
    settings.stampsTime ? "\(timeStamp(settings.timestampFormat)): \(text)" : text
  }

  private func send(_ text: String, to number: Int32) {
    let line = Array((stamped(text) + "\n").utf8)
    line.withUnsafeBytes { _ = Glibc.write(number, $0.baseAddress, $0.count) }
  }

  private func entry(_ line: LogLine, _ text: String) -> KeyValuePairs<String, String> {
    [
      "MESSAGE": text, "PRIORITY": "\(line.type.severity)", "SYSLOG_IDENTIFIER": "martlet",
      "CLIENT_ID": printable(line.subject.clientID), "PEER": printable(line.subject.peer),
      "USER": printable(line.subject.userName), "NODE": printable(line.subject.node),
    ]
  }

  private func printable(_ text: String) -> String {
    if text.unicodeScalars.allSatisfy(Self.isPrintable) { return text }
    return String(
      String.UnicodeScalarView(text.unicodeScalars.map { Self.isPrintable($0) ? $0 : "?" }))
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    // Mosquitto begins the lines about parts of a packet with a tab.
    scalar == "\t" || scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
  }
}
