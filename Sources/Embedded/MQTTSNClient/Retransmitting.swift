import MQTTSNCodec
import MQTTTerms
import WireBytes

extension Client {
  /// Throws unless a request can start in a session.
  func requireFreedom() throws(ClientError) {
    guard state == .active else { throw .notConnected }
    if isBusy { throw .busy }
  }

  mutating func takeMessageID() -> PacketIdentifier {
    messageID = messageID.next
    return messageID
  }

  /// Keeps the octets of a request for its first transmission and the repetitions.
  mutating func start<Message: EncodableMessage & ~Escapable>(
    _ request: Request, _ message: Message, at now: TickTime
  ) throws(ClientError) {
    do throws(CodecError) {
      try octets.replace { (output) throws(CodecError) in try message.encode(into: &output) }
    } catch {
      throw .outOfRoom
    }
    begin(request, at: now)
  }

  // Once in the firmware, not once a message type: 140 octets less.
  @inline(never)
  private mutating func begin(_ request: Request, at now: TickTime) {
    self.request = request
    self.now = now
    isDue = true
    awaitsAnswer = true
    tries = 0
  }

  /// Whether an answer with `id` belongs to the request under way.
  func isAnswer(to request: Request, _ id: PacketIdentifier) -> Bool {
    self.request == request && messageID == id
  }

  /// Ends the request under way and returns whether it was accepted; a refusal becomes an event.
  mutating func finish(_ request: Request, _ code: ReturnCode) -> Bool {
    self.request = nil
    restartKeepAlive()
    if code.isAccepted { return true }
    event = .refused(request, code)
    return false
  }

  /// Repeats the request when its answer is overdue, with the same MsgId and DUP in PUBLISH and
  /// SUBSCRIBE; gives up the gateway after N_RETRY repetitions [SN 6.13].
  mutating func advanceRequest() {
    guard let request, !isDue, retryTime.isReached(at: now) else { return }
    if tries >= retryLimit { return lose() }
    tries += 1
    retransmissions &+= 1
    isDue = true
    if request == .publish || request == .subscribe {
      octets[flagsIndex] |= Flags.duplicate.rawValue
    }
  }

  /// Where the Flags of the request stand.
  var flagsIndex: Int { octets[0] == 1 ? 4 : 2 }

  mutating func lose() {
    abandon()
    event = .lost
  }
}
