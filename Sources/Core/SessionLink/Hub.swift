import Slabs

/// What takes links: the local broker core, or a remote broker seen through the upstream hub.
public protocol Hub: ~Copyable {
  /// Every message that somebody still needs; links take references of their own here.
  var messages: MessageStore { get set }

  /// Takes in one event of `link` and appends what follows from it to `commands`.
  mutating func handle(
    _ event: consuming LinkEvent, from link: LinkID, at now: LinkTime,
    commands: inout CommandQueue)

  /// Takes in a message that came without a session, as QoS −1 of MQTT-SN allows, if its policy
  /// has nothing against it.
  mutating func receiveAnonymous(
    _ publish: borrowing IncomingPublish, from sender: borrowing Sender, at now: LinkTime,
    commands: inout CommandQueue)

  /// Publishes for the hub itself: status topics.
  mutating func publish(
    topic: Span<UInt8>, payload: Span<UInt8>, isRetained: Bool, commands: inout CommandQueue)

  /// How many messages wait for the session of that Client Identifier, connected or not.
  func waitingCount(of clientID: Span<UInt8>) -> Int
}
