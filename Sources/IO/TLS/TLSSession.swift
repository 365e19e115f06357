import COpenSSL
import Glibc
import Reactor

/// What reading from a session has come to.
public enum TLSStep: Sendable, Equatable {
  /// All octets are taken: more must come.
  case needMore
  /// There is no room left for what is there.
  case needRoom
  /// The other side has ended the session.
  case closed
  /// The session is broken, for this reason.
  case failed(String)
}

/// One session of TLS between octets and octets.
public struct TLSSession: ~Copyable {
  private let handle: OpaquePointer

  /// The listening side of a new session.
  public init(accepting context: TLSContext, _ pipe: borrowing TLSPipe) throws(SystemError) {
    handle = try Self.session(of: context, pipe)
    SSL_set_accept_state(handle)
  }

  /// The connecting side of a new session. Where `context` looks at it, the certificate must be that of
  /// `host`, a name or an address.
  public init(
    connecting context: TLSContext, to host: String, _ pipe: borrowing TLSPipe
  ) throws(SystemError) {
    handle = try Self.session(of: context, pipe)
    SSL_set_connect_state(handle)
    openssl_name_host(handle, host)
    if context.verifiesHost { openssl_expect_host(handle, host) }
  }

  /// A session that reads from the pipe and writes to it.
  private static func session(
    of context: TLSContext, _ pipe: borrowing TLSPipe
  ) throws(SystemError) -> OpaquePointer {
    guard let handle = SSL_new(context.handle) else { throw .tls("begin a TLS session") }
    guard let bio = BIO_new(pipe.method) else {
      SSL_free(handle)
      throw .tls("begin a TLS session")
    }
    BIO_set_data(bio, pipe.place)
    SSL_set_bio(handle, bio, bio)
    return handle
  }

  /// Writes the first word to the pipe's output.
  public mutating func begin() {
    ERR_clear_error()
    _ = SSL_do_handshake(handle)
    ERR_clear_error()
  }

  deinit { SSL_free(handle) }

  /// Whether both sides have agreed on keys.
  public var isEstablished: Bool { SSL_is_init_finished(handle) == 1 }

  /// Takes octets of the other side from `consumed` on and appends what they say to `output`. What is to be
  /// sent then is in the pipe's output.
  public mutating func receive(
    _ bytes: Span<UInt8>, consumed: inout Int, _ pipe: borrowing TLSPipe,
    into output: inout OutputRawSpan
  ) -> TLSStep {
    let place = pipe.place
    var count = consumed
    let step = bytes.withUnsafeBufferPointer { octets in
      place.pointee.input = octets.baseAddress.map { $0 + count }
      place.pointee.input_count = octets.count - count
      let step = read(into: &output)
      count = octets.count - place.pointee.input_count
      place.pointee.input_count = 0
      return step
    }
    consumed = count
    return step
  }

  private func read(into output: inout OutputRawSpan) -> TLSStep {
    while output.freeCapacity > 0 {
      // What others have left in the queue would be taken for this session's.
      ERR_clear_error()
      var result: Int32 = 0
      output.withUnsafeMutableBytes { room, filled in
        let free = room.count - filled
        result = SSL_read(handle, room.baseAddress.map { $0 + filled }, Int32(clamping: free))
        if result > 0 { filled += Int(result) }
      }
      if result <= 0 { return step(for: result) }
    }
    return .needRoom
  }

  private func step(for result: Int32) -> TLSStep {
    switch SSL_get_error(handle, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: .needMore
    case SSL_ERROR_ZERO_RETURN: .closed
    default: .failed(takeReason())
    }
  }

  /// Writes `bytes` to the pipe's output; false when the session is broken.
  public mutating func send(_ bytes: Span<UInt8>) -> Bool {
    ERR_clear_error()
    return bytes.withUnsafeBufferPointer { octets in
      var rest = octets[...]
      while !rest.isEmpty {
        let start = UnsafeBufferPointer(rebasing: rest)
        let count = SSL_write(handle, start.baseAddress, Int32(clamping: start.count))
        guard count > 0 else { return false }
        rest = rest.dropFirst(Int(count))
      }
      return true
    }
  }

  /// Writes the last word to the pipe's output.
  public mutating func close() {
    ERR_clear_error()
    if isEstablished { _ = SSL_shutdown(handle) }
    ERR_clear_error()
  }

  // MARK: Who the other side is

  /// The common name of its certificate, in UTF-8.
  public var commonName: [UInt8]? {
    guard let certificate = SSL_get1_peer_certificate(handle) else { return nil }
    defer { X509_free(certificate) }
    let subject = X509_get_subject_name(certificate)
    let index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
    guard index >= 0, let entry = X509_NAME_get_entry(subject, index) else { return nil }
    var text: UnsafeMutablePointer<UInt8>?
    let count = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry))
    guard count > 0, let text else { return nil }
    defer { CRYPTO_free(text, #file, #line) }
    return Array(UnsafeBufferPointer(start: text, count: Int(count)))
  }

  /// The whole subject of its certificate, as RFC 2253 writes it; nil for one of 1,024 octets or more, which
  /// could else be cut down to somebody else's.
  public var subject: [UInt8]? {
    guard let certificate = SSL_get1_peer_certificate(handle) else { return nil }
    defer { X509_free(certificate) }
    guard let file = BIO_new(BIO_s_mem()) else { return nil }
    defer { BIO_free(file) }
    guard openssl_print_name(file, X509_get_subject_name(certificate)) > 0 else { return nil }
    var octets = [UInt8](repeating: 0, count: 1024)
    let count = BIO_read(file, &octets, Int32(octets.count))
    return (1..<octets.count).contains(Int(count)) ? Array(octets.prefix(Int(count))) : nil
  }

  /// The identity of the secret that it has.
  public var sharedIdentity: [UInt8]? {
    guard let name = SSL_get_psk_identity(handle) else { return nil }
    return Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
  }
}
