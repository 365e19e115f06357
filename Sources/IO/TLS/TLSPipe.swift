import COpenSSL
import Slabs

/// What all TLS sessions of a loop read from and write to, one after the other: no socket is between
/// OpenSSL and the loop's own buffers.
public struct TLSPipe: ~Copyable {
  let place: UnsafeMutablePointer<openssl_pipe>
  let method: OpaquePointer?

  /// A pipe with nothing in it.
  public init() {
    place = .allocate(capacity: 1)
    place.initialize(to: openssl_pipe())
    method = openssl_pipe_method()
  }

  deinit {
    free(place.pointee.output)
    place.deallocate()
    BIO_meth_free(method)
  }

  /// What sessions have written and nobody has taken yet.
  public var output: Span<UInt8> {
    @_lifetime(borrow self) borrowing get {
      let octets = UnsafeBufferPointer(
        start: place.pointee.output.map { UnsafePointer($0) }, count: place.pointee.output_count)
      let span = Span(_unsafeElements: octets)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// Forgets `output`; gives its memory back when it has grown large.
  public mutating func removeOutput() {
    place.pointee.output_count = 0
    guard place.pointee.output_capacity > 1 << 20 else { return }
    free(place.pointee.output)
    place.pointee.output = nil
    place.pointee.output_capacity = 0
  }
}
