extension Directive {
  /// WebSocket and the PROXY protocol.
  static let transports: [Directive] = [
    headerSize(
      "websockets_headers_size",
      "The longest HTTP request of a WebSocket client in octets: a longer one is refused. 0 stands for 4096."
    ),
    headerSize("packet_buffer_size", "Another name of websockets_headers_size."),
    Directive(
      row: OptionRow(
        name: "websockets_origin", place: .listener, value: "ORIGIN", initial: "",
        meaning:
          "A value of Origin that WebSocket clients get in with; those with another, or none, are refused then. Repeatable.",
        counter: nil)
    ) { draft, text throws(Fault) in
      if draft.configuration.listeners.isEmpty { throw .misplaced(after: "listener") }
      draft.currentListener.transport.origins.append(String(text))
    },
    .listener(
      "enable_proxy_protocol", .word(["1": 1, "2": 2]), \.transport.proxyVersion,
      needsListener: true,
      "The version of the PROXY protocol in which a proxy tells where each client is. Whoever "
        + "reaches such a listener can claim any address."),
    .listener(
      "proxy_protocol_v2_require_tls", .boolean, \.transport.proxyRequiresTLS, needsListener: true,
      "Whether only clients get in that speak TLS to the proxy."),
  ]

  private static func headerSize(
    _ name: String, _ meaning: String
  ) -> Directive {
    let kind = ValueKind<Int>.integer(0...65535)
    let row = OptionRow(
      name: name, place: .anywhere, value: kind.expected,
      initial: "\(TransportSettings.defaultHeaderSize)", meaning: meaning,
      counter: nil)
    return Directive(row: row) { draft, text throws(Fault) in
      let size = try kind.read(text)
      draft.configuration.transport.headerSize =
        size == 0 ? TransportSettings.defaultHeaderSize : size
    }
  }
}
