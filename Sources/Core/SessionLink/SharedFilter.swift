import MQTTTerms
import Slabs

/// A filter as the peer has named it: perhaps with the name of a share before it [MQTT5 4.8.2].
public struct SharedFilter: ~Escapable {
  /// The ShareName; empty where the subscription is not shared.
  public let shareName: Span<UInt8>
  /// The Topic Filter.
  public let filter: Span<UInt8>

  /// Takes a filter apart; nil where it begins like a shared one and is none.
  @_lifetime(copy text)
  public init?(_ text: Span<UInt8>) {
    guard hasShareLevel(text) else {
      shareName = text.extracting(0..<0)
      filter = text
      return
    }
    let start = levelEnd(text, from: 0) + 1
    let end = levelEnd(text, from: start)
    let name = text.extracting(start..<end)
    // [MQTT5-4.8.2-1], [MQTT5-4.8.2-2] a name without wildcards, then a filter.
    guard !name.isEmpty, end + 1 < text.count, !hasWildcard(name) else { return nil }
    shareName = name
    filter = text.extracting((end + 1)..<text.count)
  }

  /// Whether there is a ShareName.
  public var isShared: Bool { !shareName.isEmpty }
}
