import MQTTLink
import Reactor
import SessionLink
import Slabs
import Streams
import TLS
import WireBytes

/// TLS as the connections of a listener speak it.
public struct TLSRules {
  /// What makes a user name of what the peer shows.
  public enum Identity: Sendable {
    /// Nothing: users log in by MQTT's own means.
    case none
    /// The common name of its certificate.
    case commonName
    /// The whole subject of its certificate.
    case subject
    /// The identity of its secret.
    case sharedIdentity
  }

  /// Certificates and keys.
  public var context: TLSContext
  /// Where the user name comes from.
  public var identity: Identity

  /// Those rules.
  public init(_ context: TLSContext, identity: Identity = .none) {
    self.context = context
    self.identity = identity
  }
}

/// The TLS of one stream: the session, and what the socket is to get.
struct Security: ~Copyable {
  var session: TLSSession
  var outbound = OutputQueue()
  /// Whether it was looked at who the peer is.
  var isKnown = false
  let identity: TLSRules.Identity

  init(_ session: consuming TLSSession, identity: TLSRules.Identity) {
    self.session = session
    self.identity = identity
  }
}

extension BrokerService {
  /// Begins TLS on a stream; false when there is no memory for it.
  mutating func secure(_ id: SlotID, by rules: TLSRules) throws(SystemError) {
    if !decrypted.isThere { decrypted.make(ReceiveBuffer()) }
    let session = try TLSSession(accepting: rules.context, pipe)
    streams.slots[Int(id.index)].security.make(Security(session, identity: rules.identity))
  }

  /// Takes TLS off the octets that were read, and hands what is in them on.
  mutating func decrypt(
    _ bytes: Span<UInt8>, _ id: SlotID, _ reactor: inout Reactor, at now: LinkTime
  ) {
    let index = Int(id.index)
    // The core must not see the service while it borrows the octets.
    var buffer = Seldom<ReceiveBuffer>()
    swap(&buffer, &decrypted)
    defer { swap(&buffer, &decrypted) }
    var consumed = 0
    var step = TLSStep.needRoom
    while step == .needRoom, !streams.slots[index].isDoomed {
      guard let next = streams.decrypt(index, bytes, &consumed, pipe, into: &buffer[]) else {
        return end(id, for: .packetTooLarge, at: now)
      }
      step = next
      takeOutput(index)
      if !streams.slots[index].security[].outbound.isEmpty { streams.markDirty(index) }
      guard isKnown(id, at: now) else { return }
      take(id, &buffer[], &reactor, at: now)
    }
    finish(id, step, at: now)
  }

  /// Ends a stream whose session has ended.
  private mutating func finish(_ id: SlotID, _ step: TLSStep, at now: LinkTime) {
    guard !streams.slots[Int(id.index)].isDoomed else { return }
    switch step {
    case .needMore, .needRoom: break
    case .closed: lose(id, nil, at: now)
    case .failed(let reason):
      traffic.faults += 1
      let peer = streams.slots[Int(id.index)].peer
      lose(id, SystemError("speak TLS with \(peer)", reason: reason), at: now)
    }
  }

  /// Appends what the session has to say to what the socket gets.
  private mutating func takeOutput(_ index: Int) {
    guard !pipe.output.isEmpty else { return }
    streams.append(index, sealed: pipe)
    pipe.removeOutput()
  }

  // MARK: Who the peer is

  /// Looks once at who the peer is, where its certificate is to tell; false when it tells nobody and the
  /// stream ends.
  private mutating func isKnown(_ id: SlotID, at now: LinkTime) -> Bool {
    let index = Int(id.index)
    guard !streams.slots[index].security[].isKnown,
      streams.slots[index].security[].session.isEstablished
    else { return true }
    streams.slots[index].security[].isKnown = true
    if streams.slots[index].security[].identity == .none { return true }
    guard let name = streams.slots[index].security[].name, isUserName(name) else {
      return reject(id, "client did not show by TLS which user it is", at: now)
    }
    streams.slots[index].connection.vouch(for: name.span)
    return true
  }

  /// Whether a name could stand in a CONNECT [MQTT-1.5.3-1] [MQTT-1.5.3-2].
  private func isUserName(_ name: [UInt8]) -> Bool {
    !name.isEmpty && name.count <= Int(UInt16.max) && !name.contains(0)
      && isWellFormedUTF8(name.span)
  }

  // MARK: Writing

  /// Turns what MQTT has written into what the socket gets.
  mutating func seal(_ index: Int) {
    if streams.seal(index) { takeOutput(index) }
  }
}

extension Security {
  /// The user name that TLS has shown.
  fileprivate var name: [UInt8]? {
    switch identity {
    case .none: nil
    case .commonName: session.commonName
    case .subject: session.subject
    case .sharedIdentity: session.sharedIdentity
    }
  }
}

extension Stream {
  /// Hands what is pending to the session; false when there was nothing to be said.
  fileprivate mutating func seal(_ pool: inout BlockPool) -> Bool {
    guard security[].session.isEstablished else { return false }
    var plain = OutputQueue()
    takePlain(&plain)
    if !plain.isEmpty { _ = security[].session.send(plain.pending) }
    plain.removeAll(to: &pool)
    if isDoomed { security[].session.close() }
    return true
  }
}

extension StreamTable {
  /// Appends to what the socket gets.
  fileprivate mutating func append(_ index: Int, sealed pipe: borrowing TLSPipe) {
    slots[index].security[].outbound.append(pipe.output, from: &pool)
  }

  /// Hands what is pending to the session; false when it can say nothing yet.
  fileprivate mutating func seal(_ index: Int) -> Bool { slots[index].seal(&pool) }

  /// Fills `buffer` with what is in the records of `bytes` from `consumed` on; nil when it cannot be filled.
  fileprivate mutating func decrypt(
    _ index: Int, _ bytes: Span<UInt8>, _ consumed: inout Int, _ pipe: borrowing TLSPipe,
    into buffer: inout ReceiveBuffer
  ) -> TLSStep? {
    var step = TLSStep.needMore
    var tail = TailBuffer()
    swap(&tail, &slots[index].tail)
    defer { swap(&tail, &slots[index].tail) }
    let isFilled = buffer.fill(behind: &tail) { output in
      step = slots[index].security[].session.receive(
        bytes, consumed: &consumed, pipe, into: &output)
    }
    return isFilled ? step : nil
  }
}
