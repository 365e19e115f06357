import BrokerCore
import SessionLink
import Slabs

/// Knows the method STEPS, where "one" is answered by "two" and "three" by "done"; without a method
/// the password is "good".
final class StepsAuthenticator: Authenticator {
  func begin(
    _ login: borrowing Login, of link: LinkID, reply: inout Slab<UInt8>
  ) -> LoginVerdict {
    guard let step = login.step else {
      guard let password = login.password, text(password) == "good" else {
        return .refused(.badUserNameOrPassword)
      }
      return .accepted
    }
    guard text(step.method) == "STEPS" else { return .refused(.badAuthenticationMethod) }
    return proceed(step.data, of: link, reply: &reply)
  }

  func proceed(_ data: Span<UInt8>, of link: LinkID, reply: inout Slab<UInt8>) -> LoginVerdict {
    switch text(data) {
    case "one":
      for octet in "two".utf8 { reply.append(octet) }
      return .unfinished
    case "three":
      for octet in "done".utf8 { reply.append(octet) }
      return .accepted
    default: return .refused(.notAuthorized)
    }
  }

  func forget(_ link: LinkID) {}

  private func text(_ span: Span<UInt8>) -> String {
    var bytes: [UInt8] = []
    for index in 0..<span.count { bytes.append(span[index]) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
