/// Why a proxy does not let a client through.
public enum SOCKSFault: Sendable, Equatable {
  /// It does not speak SOCKS version 5 as it should.
  case notSpoken
  /// It wants another way to log in than those that were offered.
  case methodsRefused
  /// It wants a login, and there is none.
  case loginNeeded
  /// It does not know the user, or the password is wrong.
  case loginRefused
  /// It could not connect, by the number of its reply.
  case notConnected(UInt8)

  init(reply: UInt8) { self = .notConnected(reply) }

  /// What to say of it: a clause about the proxy.
  public var words: String {
    switch self {
    case .notSpoken: "it does not speak SOCKS 5"
    case .methodsRefused: "it wants another way to log in"
    case .loginNeeded: "it wants a user name and a password"
    case .loginRefused: "it does not take the user name and password"
    case .notConnected(let reply): Self.words(of: reply)
    }
  }

  /// [RFC 1928 6]
  private static func words(of reply: UInt8) -> String {
    switch reply {
    case 1: "it has failed"
    case 2: "its rules do not allow the connection"
    case 3: "the network cannot be reached"
    case 4: "the host cannot be reached"
    case 5: "the connection was refused"
    case 6: "the connection took too many hops"
    case 7: "it does not connect for others"
    case 8: "it does not know this kind of address"
    default: "it answers \(reply)"
    }
  }
}
