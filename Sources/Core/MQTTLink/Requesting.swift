import MQTTCodec
import MQTTTerms
import SessionLink

// SUBSCRIBE and UNSUBSCRIBE: each filter is an event of its own.
extension Connection {
  @_lifetime(copy subscribe)
  mutating func open(_ subscribe: Subscribe, _ consumed: inout Int) -> FurtherStep {
    if hasTooMany(subscribe.properties) { return .close(.tooManyProperties) }
    open(subscribe.packetIdentifier, subscribe.payload.count, &consumed)
    openRequest?.isUnsubscribe = false
    var rest = subscribe.properties
    while let property = rest.nextChecked() {
      if case .subscriptionIdentifier(let number) = property {
        openRequest?.subscriptionIdentifier = number
      }
    }
    return nextEntry(subscribe.payload, &consumed)
  }

  mutating func open(
    _ packetID: PacketIdentifier, _ count: Int, _ consumed: inout Int
  ) {
    openRequest = OpenRequest(
      packetID: packetID, remainingCount: count, isUnsubscribe: true, subscriptionIdentifier: 0)
    consumed -= count
  }

  /// The next filter of the open request, which starts at `bytes`.
  @_lifetime(copy bytes)
  mutating func nextEntry(_ bytes: Span<UInt8>, _ consumed: inout Int) -> FurtherStep {
    guard let request = openRequest, request.remainingCount <= bytes.count else {
      return .needMore
    }
    let entries = bytes.extracting(0..<request.remainingCount)
    do {
      return request.isUnsubscribe
        ? try nextUnsubscription(entries, request, &consumed)
        : try nextSubscription(entries, request, &consumed)
    } catch {
      return .close(.malformed(error))
    }
  }

  @_lifetime(copy entries)
  private mutating func nextSubscription(
    _ entries: Span<UInt8>, _ request: OpenRequest, _ consumed: inout Int
  ) throws(CodecError) -> FurtherStep {
    var reader = SubscriptionRequests(entries, version: version)
    guard let entry = try reader.next() else { return .needMore }
    advance(past: entries.count - reader.remainingCount, &consumed)
    var terms = SubscriptionTerms(entry.options, identifier: request.subscriptionIdentifier)
    if isBridge {
      terms.isNoLocal = !entry.isShared
      terms.isRetainAsPublished = true
    }
    guard let filter = mounted(filter: entry.topicFilter) else { return .close(.topicTooLong) }
    return .event(
      .subscribe(
        .init(
          filter: filter, terms: terms, packetID: request.packetID,
          isLast: openRequest == nil)))
  }

  @_lifetime(copy entries)
  private mutating func nextUnsubscription(
    _ entries: Span<UInt8>, _ request: OpenRequest, _ consumed: inout Int
  ) throws(CodecError) -> FurtherStep {
    var reader = TopicFilters(entries)
    guard let named = try reader.next() else { return .needMore }
    advance(past: entries.count - reader.remainingCount, &consumed)
    guard let filter = mounted(filter: named) else { return .close(.topicTooLong) }
    return .event(
      .unsubscribe(
        .init(filter: filter, packetID: request.packetID, isLast: openRequest == nil)))
  }

  private mutating func advance(past count: Int, _ consumed: inout Int) {
    consumed += count
    openRequest?.remainingCount -= count
    if openRequest?.remainingCount == 0 { openRequest = nil }
  }
}

extension SubscriptionTerms {
  init(_ options: SubscriptionOptions, identifier: UInt32) {
    self.init(
      qos: options.qos, isNoLocal: options.isNoLocal,
      isRetainAsPublished: options.isRetainAsPublished,
      retained: RetainedStart(options.retainHandling), identifier: identifier)
  }
}

extension RetainedStart {
  init(_ handling: RetainHandling) {
    switch handling {
    case .send: self = .always
    case .sendIfNew: self = .ifNew
    case .doNotSend: self = .never
    }
  }
}
