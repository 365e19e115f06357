import CLinux
import Glibc

extension SocketAddress {
  /// The addresses of `host` ("127.0.0.1", "::1", "localhost", a DNS name), each with `port`, in the
  /// system's order. Never empty. A DNS name may block for seconds: not in a running loop.
  public static func resolve(host: String, port: UInt16) throws(SystemError) -> [SocketAddress] {
    try lookUp(host, port: port, flags: 0)
  }

  /// The address that `host` is already ("127.0.0.1", "::1"), with `port`; nil for a name. Never
  /// blocks.
  public static func numeric(host: String, port: UInt16) -> SocketAddress? {
    try? lookUp(host, port: port, flags: AI_NUMERICHOST).first
  }

  /// The addresses that mean "every interface", each with `port`.
  public static func everyInterface(port: UInt16) throws(SystemError) -> [SocketAddress] {
    try lookUp(nil, port: port, flags: AI_PASSIVE)
  }

  private static func lookUp(
    _ host: String?, port: UInt16, flags: Int32
  ) throws(SystemError) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_flags = flags
    hints.ai_socktype = linux_stream_type()
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    let found = status == 0 ? addresses(in: list) : []
    guard !found.isEmpty else { throw lookupError(host ?? "*", status) }
    return found
  }

  private static func addresses(in list: UnsafeMutablePointer<addrinfo>?) -> [SocketAddress] {
    var found: [SocketAddress] = []
    var next = list
    while let entry = next?.pointee {
      if let system = entry.ai_addr,
        let address = SocketAddress(system: system, length: Int(entry.ai_addrlen)),
        !found.contains(address)
      {
        found.append(address)
      }
      next = entry.ai_next
    }
    return found
  }

  private static func lookupError(_ host: String, _ status: Int32) -> SystemError {
    let code = errno
    if status == EAI_SYSTEM { return SystemError("look up \(host)", code: code) }
    let reason = gai_strerror(status).map { String(cString: $0) } ?? "Error \(status)"
    return SystemError("look up \(host)", reason: reason)
  }
}
