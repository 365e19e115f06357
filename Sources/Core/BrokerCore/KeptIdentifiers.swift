import SessionLink
import Slabs

/// The runs of Subscription Identifiers of messages that wait or are in flight. Each belongs to one
/// place of a queue or window; a single identifier needs no room here.
struct KeptIdentifiers: ~Copyable {
  private var runs = SlotTable<Slab<UInt32>>()

  /// How many runs there are.
  var count: Int { runs.count }

  /// Keeps what a recipient in `commands` names.
  mutating func keep(
    _ identifiers: SubscriptionIdentifiers, of commands: borrowing CommandQueue
  ) -> SubscriptionIdentifiers {
    guard let run = identifiers.run else { return identifiers }
    let named = commands.identifiers(ofRun: run)
    var copy = Slab<UInt32>(capacity: named.count)
    copy.append(contentsOf: named)
    return .run(runs.insert(copy).index)
  }

  /// Shows kept identifiers to the recipients in `commands`.
  func show(
    _ identifiers: SubscriptionIdentifiers, in commands: inout CommandQueue
  ) -> SubscriptionIdentifiers {
    guard let run = identifiers.run else { return identifiers }
    return commands.append(identifiers: runs[Int(run)].span)
  }

  /// Gives kept identifiers up.
  mutating func drop(_ identifiers: SubscriptionIdentifiers) {
    guard let run = identifiers.run, let id = runs.id(at: Int(run)) else { return }
    _ = runs.remove(id)
  }
}
