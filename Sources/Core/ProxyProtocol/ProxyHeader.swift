import SessionLink

/// Which form of the PROXY protocol a connection begins with.
public enum ProxyVersion: Sendable, Equatable {
  /// A line of text.
  case version1
  /// Octets.
  case version2
}

/// What a proxy says of the connection that it hands on.
public struct ProxyHeader: Sendable, Equatable {
  /// Where the client is; nil where the proxy does not know, or speaks for itself.
  public var source: PeerAddress?
  /// What is known of TLS between client and proxy; only version 2 tells.
  public var tls: ProxyTLS?

  /// A header of those parts.
  public init(source: PeerAddress? = nil, tls: ProxyTLS? = nil) {
    self.source = source
    self.tls = tls
  }
}

/// TLS between client and proxy, as the proxy tells it.
public struct ProxyTLS: Sendable, Equatable {
  /// Whether the client has shown a certificate that the proxy has found good.
  public var hasCertificate: Bool
  /// Where the certificate's common name stands in the header's octets; nil without one.
  public var commonName: Range<Int>?

  /// TLS of those parts.
  public init(hasCertificate: Bool, commonName: Range<Int>? = nil) {
    self.hasCertificate = hasCertificate
    self.commonName = commonName
  }
}

/// What the first octets of a connection come to.
public enum ProxyStep: Sendable, Equatable {
  /// The header is not complete.
  case needMore
  /// It is there, and what follows it is the client's.
  case header(ProxyHeader)
  /// There is none, or a broken one.
  case malformed
}

extension ProxyHeader {
  /// Reads the header at the beginning of `bytes`, of which all come again at each call; `consumed`
  /// is its length once it is complete.
  public static func read(
    _ bytes: Span<UInt8>, consumed: inout Int, _ version: ProxyVersion
  ) -> ProxyStep {
    switch version {
    case .version1: readLine(bytes, consumed: &consumed)
    case .version2: readOctets(bytes, consumed: &consumed)
    }
  }
}

/// Whether `bytes` begin like `text`, as far as they go.
func mayBegin(_ bytes: Span<UInt8>, _ text: [UInt8]) -> Bool {
  (0..<min(bytes.count, text.count)).allSatisfy { bytes[$0] == text[$0] }
}
