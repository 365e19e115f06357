import CommandKit
import Glibc
import Reactor

/// Asks for a password on standard input. A terminal does not show what is typed, and shows again what
/// follows, however the asking ends.
struct PasswordPrompt: ~Copyable {
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]

  /// How the terminal was; nil where there is none.
  private let terminal: termios?
  private let arrivals: SignalReader
  private var octets: [UInt8] = []

  /// Makes the terminal silent.
  init() throws(SystemError) {
    var settings = termios()
    terminal = tcgetattr(0, &settings) == 0 ? settings : nil
    arrivals = try SignalReader(Self.signals)
    silence()
  }

  deinit {
    restore()
    Self.mask(SIG_UNBLOCK)
  }

  /// Asks twice; nil when the answers differ or there are none.
  mutating func password() -> [UInt8]? {
    guard let first = answer(to: "Password: "), let second = answer(to: "Reenter password: ")
    else { return nil }
    return first == second ? first : nil
  }

  /// Asks once; nil when there is no answer.
  mutating func answer(to question: String) -> [UInt8]? {
    if terminal != nil { StandardError.write(line: question) }
    return nextLine()
  }

  /// The next line, without its end. What comes behind it stays for the next one.
  private mutating func nextLine() -> [UInt8]? {
    while true {
      if let end = octets.firstIndex(of: UInt8(ascii: "\n")) {
        let line = octets[..<end]
        octets.removeSubrange(...end)
        return Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
      }
      waitForInput()
      var piece = [UInt8](repeating: 0, count: 4096)
      let count = read(0, &piece, piece.count)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0, octets.count < 1 << 16 else { return endOfInput() }
      octets += piece[..<count]
    }
  }

  /// What has come without a line's end.
  private mutating func endOfInput() -> [UInt8]? {
    defer { octets = [] }
    return octets.isEmpty ? nil : octets
  }

  /// Waits for input, and does what signals ask for meanwhile.
  private func waitForInput() {
    while true {
      var entries = [
        pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
        pollfd(fd: arrivals.number, events: Int16(POLLIN), revents: 0),
      ]
      _ = poll(&entries, 2, -1)
      while let signal = arrivals.next() { obey(signal) }
      if entries[0].revents != 0 { return }
    }
  }

  /// Lets a signal do what it does to a process, with the terminal as it was.
  private func obey(_ signal: Int32) {
    restore()
    if signal == SIGTSTP {
      raise(SIGSTOP)
    } else {
      Self.mask(SIG_UNBLOCK)
      raise(signal)
      // It was one that is ignored.
      Self.mask(SIG_BLOCK)
    }
    silence()
  }

  private func silence() {
    guard var settings = terminal else { return }
    settings.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(0, TCSADRAIN, &settings)
  }

  private func restore() {
    guard var settings = terminal else { return }
    tcsetattr(0, TCSADRAIN, &settings)
  }

  private static func mask(_ way: Int32) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    sigprocmask(way, &set, nil)
  }
}

/// Asks twice for a password.
func askForPassword() throws(PasswordFileError) -> [UInt8] {
  do throws(SystemError) {
    var prompt = try PasswordPrompt()
    if let password = prompt.password() { return password }
  } catch { throw PasswordFileError(message: "Error: \(error).") }
  throw PasswordFileError(message: "Error: Passwords do not match.")
}
