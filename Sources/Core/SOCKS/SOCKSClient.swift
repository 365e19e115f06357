/// What a proxy's octets come to.
public enum SOCKSStep: Sendable, Equatable {
  /// Its answer is not complete.
  case needMore
  /// It goes on: `request` is to be sent.
  case answer
  /// The way is open: what follows is the host's own.
  case connected
  /// It does not let the client through, or speaks something else.
  case failed(SOCKSFault)
}

/// Who asks a proxy [RFC 1929].
public struct SOCKSLogin: Sendable, Equatable {
  let name: [UInt8]
  let password: [UInt8]

  /// A user name of 1 to 255 octets and a password of at most 255; nil for others.
  public init?(name: [UInt8], password: [UInt8]) {
    guard (1...255).contains(name.count), password.count <= 255 else { return nil }
    self.name = name
    self.password = password
  }
}

/// What a proxy is asked to connect to.
public enum SOCKSHost: Sendable, Equatable {
  /// A name of 1 to 255 octets, which the proxy looks up.
  case name([UInt8])
  /// The four octets of an IPv4 address, or the sixteen of an IPv6 address.
  case address([UInt8])
}

/// A client's side of SOCKS version 5 [RFC 1928], with the methods "no authentication" and
/// "user name and password": what it sends, and what it makes of the answers.
public struct SOCKSClient: Sendable {
  /// The longest answer in octets.
  public static let longestAnswer = 262

  private enum State { case greeting, login, connecting }

  private let host: SOCKSHost
  private let port: UInt16
  private let login: SOCKSLogin?
  private var state = State.greeting
  /// What is to be sent now: the greeting first.
  public private(set) var request: [UInt8]

  /// Asks for `host`; nil where its name or address has not the length that it must have.
  public init?(host: SOCKSHost, port: UInt16, login: SOCKSLogin?) {
    switch host {
    case .name(let name): guard (1...255).contains(name.count) else { return nil }
    case .address(let octets): guard octets.count == 4 || octets.count == 16 else { return nil }
    }
    self.host = host
    self.port = port
    self.login = login
    // [RFC 1928 3]
    request = login == nil ? [5, 1, Method.none] : [5, 2, Method.none, Method.login]
  }

  /// Reads the answer at the beginning of `bytes`, of which all come again until it is complete;
  /// `consumed` is its length then.
  public mutating func receive(_ bytes: Span<UInt8>, consumed: inout Int) -> SOCKSStep {
    switch state {
    case .greeting: takeMethod(bytes, &consumed)
    case .login: takeVerdict(bytes, &consumed)
    case .connecting: takeReply(bytes, &consumed)
    }
  }

  private mutating func takeMethod(_ bytes: Span<UInt8>, _ consumed: inout Int) -> SOCKSStep {
    guard bytes.count >= 2 else { return .needMore }
    guard bytes[0] == 5 else { return .failed(.notSpoken) }
    consumed = 2
    switch bytes[1] {
    case Method.none: return ask()
    case Method.login: return logIn()
    case Method.noneAccepted: return .failed(login == nil ? .loginNeeded : .methodsRefused)
    default: return .failed(.notSpoken)
    }
  }

  /// [RFC 1929 2]
  private mutating func logIn() -> SOCKSStep {
    // A method that was not offered.
    guard let login else { return .failed(.notSpoken) }
    state = .login
    request =
      [1, UInt8(clamping: login.name.count)] + login.name
      + [UInt8(clamping: login.password.count)] + login.password
    return .answer
  }

  private mutating func takeVerdict(_ bytes: Span<UInt8>, _ consumed: inout Int) -> SOCKSStep {
    guard bytes.count >= 2 else { return .needMore }
    guard bytes[0] == 1 else { return .failed(.notSpoken) }
    consumed = 2
    return bytes[1] == 0 ? ask() : .failed(.loginRefused)
  }

  /// [RFC 1928 4]
  private mutating func ask() -> SOCKSStep {
    state = .connecting
    let place: [UInt8] =
      switch host {
      case .name(let name): [AddressType.name, UInt8(clamping: name.count)] + name
      case .address(let octets):
        [octets.count == 4 ? AddressType.ipv4 : AddressType.ipv6] + octets
      }
    request = [5, 1, 0] + place + [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]
    return .answer
  }

  /// [RFC 1928 6]
  private func takeReply(_ bytes: Span<UInt8>, _ consumed: inout Int) -> SOCKSStep {
    guard bytes.count >= 2 else { return .needMore }
    guard bytes[0] == 5 else { return .failed(.notSpoken) }
    guard bytes[1] == 0 else { return .failed(SOCKSFault(reply: bytes[1])) }
    guard bytes.count >= 5 else { return .needMore }
    let addressSize: Int
    switch bytes[3] {
    case AddressType.ipv4: addressSize = 4
    case AddressType.ipv6: addressSize = 16
    case AddressType.name: addressSize = 1 + Int(bytes[4])
    default: return .failed(.notSpoken)
    }
    guard bytes.count >= 6 + addressSize else { return .needMore }
    consumed = 6 + addressSize
    return .connected
  }
}

private enum Method {
  static let none: UInt8 = 0
  static let login: UInt8 = 2
  static let noneAccepted: UInt8 = 0xFF
}

private enum AddressType {
  static let ipv4: UInt8 = 1
  static let name: UInt8 = 3
  static let ipv6: UInt8 = 4
}
