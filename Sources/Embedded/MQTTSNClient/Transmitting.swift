import MQTTSNCodec
import MQTTTerms
import WireBytes

/// An answer that is owed to the gateway.
struct Reply: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable { case none, regack, puback, pingresp }

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

  @_lifetime(output: copy output)
  func encode(into output: inout OutputRawSpan) throws(CodecError) {
    switch kind {
    case .none: return
    case .pingresp: try Pingresp().encode(into: &output)
    case .regack:
      try Regack(topicID: topicID, messageID: messageID, returnCode: returnCode)
        .encode(into: &output)
    case .puback:
      try Puback(topicID: topicID, messageID: messageID, returnCode: returnCode)
        .encode(into: &output)
    }
  }
}

extension Client {
  /// Appends the next datagram to `output` and returns whether there was one that fits. One
  /// datagram a call; call it until it returns false. What does not fit stays.
  @_lifetime(output: copy output)
  public mutating func nextTransmit(into output: inout OutputRawSpan) -> Bool {
    do throws(CodecError) {
      if reply.kind != .none {
        try reply.encode(into: &output)
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
  private mutating func transmitRequest(into output: inout OutputRawSpan) -> Bool {
    guard request != nil, isDue, output.freeCapacity >= octets.count else { return false }
    output.append(bytes: octets.bytes)
    isDue = false
    retryTime = now.advanced(by: retryInterval)
    if !awaitsAnswer { request = nil }
    return true
  }

  /// Keeps an answer until it is transmitted; false when another one waits already, or the gateway
  /// is not the client's.
  mutating func answer(_ reply: Reply) -> Bool {
    guard state == .active, self.reply.kind == .none else { return false }
    self.reply = reply
    return true
  }
}
