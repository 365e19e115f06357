import COpenSSL
import Slabs

/// What all TLS sessions of a loop read from and write to, one after the other: no socket is between
/// OpenSSL and the loop's own buffers.
public struct TLSPipe: ~Copyable {
  let place: UnsafeMutablePointer<openssl_pipe>

  /// A pipe with nothing in it.
  public init() {
    place = .allocate(capacity: 1)
    place.initialize(to: openssl_pipe())
  }

  /// How OpenSSL reads and writes here; made for the first session. Nil where there is no memory.
  var method: OpaquePointer? {
    if place.pointee.method == nil { place.pointee.method = openssl_pipe_method() }
    return place.pointee.method
  }

  deinit {
    free(place.pointee.output)
    BIO_meth_free(place.pointee.method)
    place.deallocate()
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
