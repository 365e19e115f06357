import COpenSSL
import Glibc
import Reactor

/// The file that gets the secrets of a context's sessions, as OpenSSL's callback finds it.
private final class KeyLog {
  let file: Descriptor

  init(_ file: consuming Descriptor) { self.file = file }

  /// The place of a context's file in its ex data.
  static let slot = CRYPTO_get_ex_new_index(
    CRYPTO_EX_INDEX_SSL_CTX, 0, nil, nil, nil,
    { _, log, _, _, _, _ in
      if let log { Unmanaged<KeyLog>.fromOpaque(log).release() }
    })
}

extension TLSContext {
  /// Appends the secrets of all sessions to a file that nobody else may read, in the form of
  /// NSS's key log.
  func logKeys(to path: String) throws(SystemError) {
    let number = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else { throw .last("write the key log \(path)") }
    let file = Descriptor(owning: number)
    // It may have been there before.
    guard fchmod(number, 0o600) == 0 else { throw .last("keep the key log \(path) private") }
    let place = Unmanaged.passRetained(KeyLog(file))
    guard SSL_CTX_set_ex_data(handle, KeyLog.slot, place.toOpaque()) == 1 else {
      place.release()
      throw .tls("write the key log \(path)")
    }
    SSL_CTX_set_keylog_callback(handle) { session, line in writeKeys(session, line) }
  }
}

/// Appends a line in one piece, so that those of several programs do not mix.
private func writeKeys(_ session: OpaquePointer?, _ line: UnsafePointer<CChar>?) {
  guard let session, let line, let context = SSL_get_SSL_CTX(session),
    let place = SSL_CTX_get_ex_data(context, KeyLog.slot)
  else { return }
  let log = Unmanaged<KeyLog>.fromOpaque(place).takeUnretainedValue()
  let octets = Array(UnsafeRawBufferPointer(start: line, count: strlen(line))) + [0x0A]
  _ = write(log.file.number, octets, octets.count)
}
