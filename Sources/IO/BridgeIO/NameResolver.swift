import Reactor
import Synchronization
import Workers

/// A name that was looked up.
struct ResolvedName: Sendable {
  /// Which attempt had asked.
  let attempt: UInt64
  /// Its addresses, or the system's words for why there are none.
  let addresses: Result<[SocketAddress], SystemError>
}

/// Looks names up beside the loop: each in a thread of its own, for a silent name server must not
/// keep the other bridges waiting. A bridge asks for one name at a time.
final class NameResolver: Sendable {
  private let results = Mutex<[ResolvedName]>([])
  private let hasResults: WakeUp

  init() throws(SystemError) { hasResults = try WakeUp() }

  /// The descriptor that is readable when there are results.
  var number: Int32 { hasResults.number }

  /// Looks a name up for the attempt of that number.
  func lookUp(_ host: String, port: UInt16, for attempt: UInt64) throws(SystemError) {
    try startThread { [self] in
      let addresses: Result<[SocketAddress], SystemError>
      do throws(SystemError) {
        addresses = .success(try SocketAddress.resolve(host: host, port: port))
      } catch { addresses = .failure(error) }
      add(ResolvedName(attempt: attempt, addresses: addresses))
    }
  }

  private func add(_ result: ResolvedName) {
    results.withLock { $0.append(result) }
    hasResults.signal()
  }

  /// The results since the last call.
  func takeResults() -> [ResolvedName] {
    hasResults.drain()
    return results.withLock { results in
      let taken = results
      results = []
      return taken
    }
  }
}
