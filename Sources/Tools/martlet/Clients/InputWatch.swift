import ClientIO
import Reactor

/// Watches standard input for a client, where that is possible.
struct InputWatch {
  /// Whether it cannot be watched: a file that is no pipe is always ready.
  private(set) var isPlain = false
  /// Whether it was given to the reactor, and is watched.
  private var isKnown = false, isWatched = false

  /// Switches the watching on or off.
  mutating func set<Stream: WatchesInput & ~Copyable>(
    _ isNeeded: Bool, _ stream: inout Stream
  ) throws(SystemError) {
    if isNeeded == isWatched || isPlain { return }
    if isNeeded, !isKnown {
      isKnown = true
      isPlain = try !stream.watchInput(0)
    } else {
      try stream.setInputWatched(0, isNeeded)
    }
    isWatched = isNeeded && !isPlain
  }
}
