extension Directive {
  /// Whether Mosquitto knows the option: naming it is then no mistake, but it is not supported yet.
  static func isKnownElsewhere(_ option: String) -> Bool {
    unsupported.contains(option)
  }

  private static let unsupported: Set<String> = Set(
    generalNames.split(
      whereSeparator: \.isWhitespace
    )
    .map(String.init))

  private static let generalNames = """
    """
}
