extension Directive {
  /// Serial lines that carry nodes.
  static let serialLines: [Directive] = [
    .special("serial", "PATH", initial: "", "A serial line that carries nodes. Repeatable.") {
      draft, text in
      draft.configuration.serialLines.append(SerialLineSettings(path: String(text)))
      draft.block = .serialLine
    },
    .serialLine("serial_baud", .integer(50...4_000_000), \.baud, "Bits per second."),
    .serialLine(
      "serial_framing", .word(["hdlc": .hdlc, "raw": .raw, "xbee": .xbee]), \.framing,
      "How messages are cut out of the line's octets: [SerialFraming.md](SerialFraming.md)."),
    .serialLine(
      "serial_xbee_mode", .integer(1...2), \.xbeeMode,
      "The API mode of the radio behind `serial_framing xbee`: 2 escapes, 1 does not."),
    .serialLine(
      "serial_max_frame", .integer(16...2048), \.maxFrame, "The longest frame body in octets."),
  ]
}
