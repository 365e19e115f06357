import AccessFiles
import Testing

@testable import Logins

/// Transcripts of SCRAM-SHA-256.
@Suite struct ScramTests {
  /// RFC 7677 3.
  private static let first = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
  private static let serverNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
  private static let nonce = "rOprNGfwEbeRWgbNEkqO\(serverNonce)"
  private static let final =
    "c=biws,r=\(nonce),p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="

  private func octets(_ text: String) -> [UInt8] { Array(text.utf8) }

  private func exchange(_ text: String = first) throws -> ScramExchange {
    let first = try #require(ScramFirst(octets(text)))
    let salt = try #require(Base64.octets(of: "W22ZaJ0SNY7soEsUEjb6gQ==".utf8))
    let keys = try #require(ScramKeys(of: octets("pencil"), salt, rounds: 4096))
    let hash = PasswordHash(
      method: .scramSHA256(rounds: 4096), salt: salt, digest: keys.digest)
    return ScramExchange(first, hash: hash, rounds: 4096, nonce: octets(Self.serverNonce))
  }

  private func answer(_ exchange: ScramExchange, to message: String) -> String? {
    exchange.answer(to: octets(message)).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func `the exchange of RFC 7677`() throws {
    let exchange = try exchange()
    #expect(exchange.userName == octets("user"))
    #expect(
      exchange.challenge == octets("r=\(Self.nonce),s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"))
    #expect(
      answer(exchange, to: Self.final) == "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
  }

  @Test(arguments: [
    "c=biws,r=\(nonce),p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVE=",
    "c=biws,r=\(nonce),p=",
    "c=biws,r=\(nonce),p=AAAA",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "c=eSws,r=\(nonce),p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "r=\(nonce),c=biws,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "c=biws,r=\(nonce),r=\(nonce),p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "c=biws,r=\(nonce),m=x,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "c=biws,r=\(nonce),p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=,x=y",
    "", ",", "c=biws", "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", first,
    "c=biws,r=\(nonce)," + String(repeating: "x", count: 5000),
  ])
  func `a last message with anything else in it shows nothing`(_ message: String) throws {
    let exchange = try exchange()
    #expect(answer(exchange, to: message) == nil)
  }

  @Test(arguments: [
    ("n,,n=ann,r=x", "ann"), ("y,,n=ann,r=x", "ann"), ("n,a=ann,n=ann,r=x,t=later", "ann"),
    ("n,,n=a=2Cb=3Dc,r=x", "a,b=c"), ("n,,n=Ünal,r=x", "Ünal"),
  ])
  func `a first message names the user`(_ message: String, _ userName: String) throws {
    let first = try #require(ScramFirst(octets(message)))
    #expect(first.userName == octets(userName))
    #expect(first.header + first.bare == octets(message))
  }

  @Test(arguments: [
    "", "n", "n,,", "n,,n=ann", "n,,r=x,n=ann", "n,,n=,r=x", "n,,n=ann,r=", "n,,n=ann,r=a b",
    "p=tls-unique,,n=ann,r=x", "n,a=bob,n=ann,r=x", "n,,m=x,n=ann,r=x", "n,,n=ann,r=x,m=y",
    "n,,n=ann,r=x,r=y", "n,,n=ann,n=bob,r=x", "n,,n=ann,r=x,t=1,t=2", "n,,n=ann,r=x,",
    "n,,n=ann,r=x,tt", "n,,n=a=b,r=x", "n,,n=a=2c,r=x", "n,,n=a\u{0}b,r=x", "n,,n=a\nb,r=x",
    "n,,n=\(String(repeating: "a", count: 1025)),r=x",
    "n,,n=ann,r=\(String(repeating: "x", count: 257))",
  ])
  func `a first message of another form is none`(_ message: String) {
    #expect(ScramFirst(octets(message)) == nil)
  }

  @Test func `a user name that is no UTF-8 is none`() {
    #expect(ScramFirst(octets("n,,n=") + [0xC3, 0x28] + octets(",r=x")) == nil)
  }

  @Test func `whatever somebody makes up is no message and never more`() {
    let alphabet = Array("nyp,=r cm2CD3\u{0}~Aa+/".utf8)
    for _ in 0..<5000 {
      let message = (0..<Int.random(in: 0..<40)).map { _ in alphabet.randomElement() ?? 0 }
      if let first = ScramFirst(message) { #expect(first.header + first.bare == message) }
      _ = ScramFinal(message)
    }
  }
}
