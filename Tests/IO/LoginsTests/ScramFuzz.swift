import AccessFiles
import Fuzzing

@testable import Logins

/// Reads octets as the two messages of a client of SCRAM: the first octet says where the first one ends.
public func fuzzScram(_ octets: [UInt8]) throws {
  var input = FuzzInput(octets)
  let message = input.octets(input.below(256))
  let last = input.rest()
  if let final = ScramFinal(last) {
    try demand(final.withoutProof.count < last.count && final.proof.count == 32, hexadecimal(last))
  }
  guard let first = ScramFirst(message) else { return }
  try demand(first.header + first.bare == message, hexadecimal(message))
  try demand(!first.userName.isEmpty && !first.nonce.isEmpty, hexadecimal(message))
  let hash = PasswordHash(
    method: .scramSHA256(rounds: 4096), salt: [1], digest: [UInt8](repeating: 0, count: 64))
  let exchange = ScramExchange(first, hash: hash, rounds: 4096, nonce: Array("own".utf8))
  try demand(exchange.answer(to: last) == nil, "let in by \(hexadecimal(last))")
}
