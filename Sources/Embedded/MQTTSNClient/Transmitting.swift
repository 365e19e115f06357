import MQTTSNCodec
import MQTTTerms
import WireBytes

/// An answer that is owed to the gateway.
struct Reply: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable { case none, regack, puback, pubrec, pubcomp, pingresp }

  var kind: Kind
  var topicID: UInt16
  var messageID: PacketIdentifier
  var returnCode: ReturnCode

  static var none: Reply { Reply(.none) }

  init(
    _ kind: Kind, topicID: UInt16 = 0, messageID: PacketIdentifier = .none,
    returnCode: ReturnCode = .accepted
  ) {
    self.kind = kind
    self.topicID = topicID
    self.messageID = messageID
    self.returnCode = returnCode
  }
}

extension Client {
  /// Appends the next datagram to `output` and returns whether there was one that fits. One
  /// datagram a call; call it until it returns false. What does not fit stays.
  @_lifetime(output: copy output)
  public mutating func nextTransmit(into output: inout OutputRawSpan) -> Bool {
    do throws(CodecError) {
      if reply.kind != .none {
        try encodeReply(into: &output)
        reply = .none
      } else if isPingDue {
        try Pingreq().encode(into: &output)
        isPingDue = false
        pingTime = now.advanced(by: retryInterval)
      } else {
        return transmitRequest(into: &output)
      }
      return true
    } catch {
      return false
    }
  }

  @_lifetime(output: copy output)
  private func encodeReply(into output: inout OutputRawSpan) throws(CodecError) {
    let (topicID, messageID) = (reply.topicID, reply.messageID)
    switch reply.kind {
    case .regack:
      try Regack(topicID: topicID, messageID: messageID, returnCode: reply.returnCode)
        .encode(into: &output)
    case .puback:
      try Puback(topicID: topicID, messageID: messageID, returnCode: reply.returnCode)
        .encode(into: &output)
    case .pubrec where window > 0: try Pubrec(messageID: messageID).encode(into: &output)
    case .pubcomp where window > 0: try Pubcomp(messageID: messageID).encode(into: &output)
    default: try Pingresp().encode(into: &output)
    }
  }

  @_lifetime(output: copy output)
  private mutating func transmitRequest(into output: inout OutputRawSpan) -> Bool {
    guard request != nil, isDue, output.freeCapacity >= octets.count else { return false }
    output.append(bytes: octets.bytes)
    isDue = false
    retryTime = now.advanced(by: retryInterval)
    if !awaitsAnswer { request = nil }
    return true
  }

  /// Whether an answer would be kept: none waits, and the gateway is the client's.
  var canAnswer: Bool { isReachable && reply.kind == .none }

  /// Keeps an answer until it is transmitted; false when that cannot be.
  mutating func answer(_ reply: Reply) -> Bool {
    guard canAnswer else { return false }
    self.reply = reply
    return true
  }
}
