import MQTTTerms

/// What the node needs of the board that it runs on.
public protocol Board {
  /// The time since the start.
  var now: TickTime { get }

  /// Takes the oldest octet that came over the serial line; nil when there is none.
  func receivedOctet() -> UInt8?

  /// Sends an octet over the serial line, and waits until there is room for it.
  func send(_ octet: UInt8)

  /// Sleeps until an octet comes or time passes; not at all when an octet is there.
  func sleep()
}
