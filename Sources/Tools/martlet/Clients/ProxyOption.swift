import ClientIO
import CommandKit
import SOCKS

/// The proxy that connects to the broker for a client (`--proxy`).
enum ProxyOption {
  static let option = CommandOption(
    "--proxy", value: .text("URL"),
    summary:
      "Connect by way of a SOCKS 5 proxy, socks5h://[USER[:PASSWORD]@]HOST[:PORT], which looks "
      + "up the broker's name; its port is 1080 unless said.", absence: "no proxy url specified")

  private static let scheme = "socks5h://"

  /// That of the options, if there is one.
  static func proxy(_ arguments: Arguments) throws(UsageError) -> ClientProxy? {
    guard let text = arguments.value(option) else { return nil }
    guard text.hasPrefix(scheme) else {
      throw UsageError("Unsupported proxy protocol: \(text). Expected: \(scheme).")
    }
    guard let place = URLPlace(text.dropFirst(scheme.count)) else {
      throw UsageError("Invalid proxy: '\(text)' is no \(scheme)HOST[:PORT].")
    }
    return ClientProxy(
      host: place.host, port: place.port ?? 1080, login: try login(place, text))
  }

  private static func login(_ place: URLPlace, _ text: String) throws(UsageError) -> SOCKSLogin? {
    guard let name = place.userName else { return nil }
    guard let name = decoded(name), let password = decoded(place.password ?? ""),
      let login = SOCKSLogin(name: name, password: password)
    else {
      throw UsageError("Invalid proxy: its user name or password has a wrong form or length.")
    }
    return login
  }

  /// The octets of a text in which `%` stands before two hexadecimal digits; nil where it does not.
  private static func decoded(_ text: String) -> [UInt8]? {
    var octets: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let octet = rest.popFirst() {
      guard octet == UInt8(ascii: "%") else {
        octets.append(octet)
        continue
      }
      guard rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else { return nil }
      octets.append(value)
      rest = rest.dropFirst(2)
    }
    return octets
  }
}
