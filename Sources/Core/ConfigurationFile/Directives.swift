extension Directive {
  /// Every option that is supported, in the order of the documentation.
  static let all: [Directive] =
    listeners + transports + access + limits + messaging + status + logging + gateway + nodes
    + serialLines

  /// The same by name.
  static let byName: [String: Directive] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { $1 })

  private static let status: [Directive] = [
    .global(
      "sys_interval", .integer(0...65535), \.limits.sysInterval,
      "Seconds between two rounds of `$SYS`; 0 for none.")
  ]
}
