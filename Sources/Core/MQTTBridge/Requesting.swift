import MQTTCodec
import MQTTTerms
import SessionLink
import Slabs
import WireBytes

/// How far SUBSCRIBE and UNSUBSCRIBE have come on a connection: one packet at a time, with as many
/// Topic Filters as are of a decent size together.
struct RemoteRequests {
  enum Step {
    case subscribing
    case unsubscribing
    case done
  }

  var step = Step.subscribing
  /// The next mapping to be looked at; those of before come behind the others.
  var next = 0
  /// The first mapping of the packet that waits for its answer, and how many filters it has.
  var first = 0
  var awaited = 0

  /// Sessions number their messages from 1 on, so this one is not in use when a connection begins.
  static var identifier: PacketIdentifier { PacketIdentifier(65_535) }
  /// Octets of filters in one packet, unless one alone has more.
  static var payloadLimit: Int { 4096 }
}

// Subscriptions at the remote broker.
extension Bridge {
  /// Sends the next request, if there is one.
  mutating func sendNextRequest() {
    while requests.step != .done {
      collectFilters()
      if requests.awaited > 0 { return sendRequest() }
      requests.next = 0
      switch requests.step {
      case .subscribing: requests.step = .unsubscribing
      case .unsubscribing, .done: requests.step = .done
      }
    }
  }

  /// Writes the filters of the next request to `scratch`.
  private mutating func collectFilters() {
    scratch.removeAll()
    requests.awaited = 0
    let end = table.count + formerTable.count
    while requests.next < end, scratch.count < RemoteRequests.payloadLimit {
      if isWanted(requests.next) {
        if requests.awaited == 0 { requests.first = requests.next }
        appendFilter(requests.next)
        requests.awaited += 1
      }
      requests.next += 1
    }
  }

  /// Whether a mapping is for the requests that are being made.
  private func isWanted(_ index: Int) -> Bool {
    if requests.step == .subscribing { return index < table.count && table.comesIn(index) }
    guard options.unsubscribes else { return false }
    if index < table.count {
      return !table.comesIn(index) && !table.has(table.filter(index, .remote), .remote)
    }
    let former = index - table.count
    return formerTable.comesIn(former)
      && !table.has(formerTable.filter(former, .remote), .remote)
  }

  @_lifetime(borrow self)
  private func remoteFilter(_ index: Int) -> Span<UInt8> {
    index < table.count
      ? table.filter(index, .remote) : formerTable.filter(index - table.count, .remote)
  }

  private mutating func appendFilter(_ index: Int) {
    var room = Slab<UInt8>()
    swap(&room, &scratch)
    write(filter: index, to: &room)
    swap(&room, &scratch)
  }

  private func write(filter index: Int, to room: inout Slab<UInt8>) {
    let filter = remoteFilter(index)
    try? room.write(room: filter.count + 3) { (output) throws(CodecError) in
      if requests.step == .subscribing {
        try SubscriptionRequest(topicFilter: filter, options: subscriptionOptions(index))
          .encode(into: &output, version: options.version)
      } else {
        try Unsubscribe.encode(topicFilter: filter, into: &output)
      }
    }
  }

  /// In 5.0 the words for what the mark of the Protocol Level says before.
  private func subscriptionOptions(_ index: Int) -> SubscriptionOptions {
    SubscriptionOptions(
      qos: table.qos(index),
      isNoLocal: options.showsBridge && !isSharedFilter(table.filter(index, .remote)),
      isRetainAsPublished: options.showsBridge)
  }

  private mutating func sendRequest() {
    answerBy = clock + answerTime
    let (step, version) = (requests.step, options.version)
    var filters = Slab<UInt8>()
    swap(&filters, &scratch)
    send(room: filters.count + 16) { (output) throws(CodecError) in
      if step == .subscribing {
        try Subscribe.encodeHeader(
          packetIdentifier: RemoteRequests.identifier, payloadSize: filters.count, into: &output,
          version: version)
      } else {
        try Unsubscribe.encodeHeader(
          packetIdentifier: RemoteRequests.identifier, payloadSize: filters.count, into: &output,
          version: version)
      }
      output.append(bytes: filters.span)
    }
    swap(&filters, &scratch)
  }

  /// The answer to SUBSCRIBE; false when it is none.
  mutating func subscribed(_ suback: borrowing Suback) -> Bool {
    guard requests.step == .subscribing, isAwaited(suback.packetIdentifier),
      suback.returnCodes.count == requests.awaited
    else { return false }
    var index = requests.first
    for position in 0..<suback.returnCodes.count {
      while !isWanted(index) { index += 1 }
      if suback.returnCodes[position] >= 0x80 {
        notice(.notSubscribed(filter: printable(remoteFilter(index))))
      }
      index += 1
    }
    goOnRequesting()
    return true
  }

  /// The answer to UNSUBSCRIBE; false when it is none. What there was to unsubscribe from does not
  /// matter.
  mutating func unsubscribed(_ unsuback: borrowing Unsuback) -> Bool {
    guard requests.step == .unsubscribing, isAwaited(unsuback.packetIdentifier) else {
      return false
    }
    goOnRequesting()
    return true
  }

  private func isAwaited(_ identifier: PacketIdentifier) -> Bool {
    requests.awaited > 0 && identifier == RemoteRequests.identifier
  }

  private mutating func goOnRequesting() {
    requests.awaited = 0
    answerBy = nil
    sendNextRequest()
  }
}
