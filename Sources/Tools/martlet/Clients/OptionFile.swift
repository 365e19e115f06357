import CommandKit
import Glibc
import Reactor

/// The file of options that a client reads before its command line: that of `-o`, or else the
/// user's own, which need not be there.
enum OptionFile {
  static let option = CommandOption(
    "-o", value: .file("FILE"),
    summary: "Read options from FILE, one with its value on a line, and not from the user's own "
      + "file: $XDG_CONFIG_HOME/TOOL or else $HOME/.config/TOOL, where TOOL is mosquitto_pub, "
      + "mosquitto_sub, mosquitto_rr or mosquitto_ctrl. The command line counts more.")

  /// The lines for the client that Mosquitto calls `tool`.
  static func lines(_ arguments: Arguments, of tool: String) throws(UsageError) -> [OptionLine] {
    let given = arguments.value(option)
    // The user's own file is about a broker, and not for nodes.
    let usual = arguments.has(NodeOptions.gateway) ? nil : usualPath(of: tool)
    guard let path = given ?? usual else { return [] }
    do throws(SystemError) {
      return OptionLine.lines(of: try readTextFile(path), called: path)
    } catch {
      if given == nil, error.code == ENOENT || error.code == ENOTDIR { return [] }
      throw UsageError("\(error).")
    }
  }

  private static func usualPath(of tool: String) -> String? {
    if let folder = environment("XDG_CONFIG_HOME") { return "\(folder)/\(tool)" }
    return environment("HOME").map { "\($0)/.config/\(tool)" }
  }

  private static func environment(_ name: String) -> String? {
    guard let text = getenv(name), text.pointee != 0 else { return nil }
    return String(cString: text)
  }
}
