/// What takes links: the local broker core, or a remote broker seen through the upstream hub.
public protocol Hub: ~Copyable {
  /// Takes in one event of `link` and appends what follows from it to `commands`.
  mutating func handle(
    _ event: consuming LinkEvent, from link: LinkID, at now: LinkTime,
    commands: inout CommandQueue)
}
