import COpenSSL
import Glibc
import Reactor

/// The secrets of a context, as OpenSSL's callback finds them.
private final class SharedKeys {
  let keys: [[UInt8]: [UInt8]]

  init(_ keys: [[UInt8]: [UInt8]]) { self.keys = keys }

  /// The place of a context's keys in its ex data.
  static let slot = CRYPTO_get_ex_new_index(
    CRYPTO_EX_INDEX_SSL_CTX, 0, nil, nil, nil,
    { _, keys, _, _, _, _ in
      if let keys { Unmanaged<SharedKeys>.fromOpaque(keys).release() }
    })
}

extension TLSContext {
  /// Uses secrets in place of certificates.
  func share(_ keys: [[UInt8]: [UInt8]], hint: String?) throws(SystemError) {
    try keep(keys)
    if let hint, SSL_CTX_use_psk_identity_hint(handle, hint) != 1 {
      throw .tls("use psk_hint \"\(hint)\"")
    }
    SSL_CTX_set_psk_server_callback(handle) { session, identity, key, room in
      findKey(session, identity, key, room)
    }
  }

  /// Uses a secret as the connecting side.
  func share(_ identity: String, _ key: [UInt8]) throws(SystemError) {
    try keep([Array(identity.utf8): key])
    SSL_CTX_set_psk_client_callback(handle) { session, _, identity, nameRoom, key, keyRoom in
      tellKey(session, identity, nameRoom, key, keyRoom)
    }
  }

  private func keep(_ keys: [[UInt8]: [UInt8]]) throws(SystemError) {
    let place = Unmanaged.passRetained(SharedKeys(keys))
    guard SSL_CTX_set_ex_data(handle, SharedKeys.slot, place.toOpaque()) == 1 else {
      place.release()
      throw .tls("keep secrets")
    }
  }
}

/// Writes the one identity and its secret; the secret's length, 0 where they do not fit.
private func tellKey(
  _ session: OpaquePointer?, _ identity: UnsafeMutablePointer<CChar>?, _ nameRoom: UInt32,
  _ key: UnsafeMutablePointer<UInt8>?, _ keyRoom: UInt32
) -> UInt32 {
  guard let session, let identity, let key, let context = SSL_get_SSL_CTX(session),
    let place = SSL_CTX_get_ex_data(context, SharedKeys.slot),
    let own = Unmanaged<SharedKeys>.fromOpaque(place).takeUnretainedValue().keys.first,
    own.key.count < Int(nameRoom), own.value.count <= Int(keyRoom)
  else { return 0 }
  for index in own.key.indices { identity[index] = CChar(bitPattern: own.key[index]) }
  identity[own.key.count] = 0
  for index in own.value.indices { key[index] = own.value[index] }
  return UInt32(own.value.count)
}

/// Writes the secret of an identity to `key`; its length, 0 where there is none.
private func findKey(
  _ session: OpaquePointer?, _ identity: UnsafePointer<CChar>?, _ key: UnsafeMutablePointer<UInt8>?,
  _ room: UInt32
) -> UInt32 {
  guard let session, let identity, let key, let context = SSL_get_SSL_CTX(session),
    let place = SSL_CTX_get_ex_data(context, SharedKeys.slot)
  else { return 0 }
  let keys = Unmanaged<SharedKeys>.fromOpaque(place).takeUnretainedValue().keys
  let name = Array(UnsafeRawBufferPointer(start: identity, count: strlen(identity)))
  guard let secret = keys[name], secret.count <= Int(room) else { return 0 }
  for index in secret.indices { key[index] = secret[index] }
  return UInt32(secret.count)
}
