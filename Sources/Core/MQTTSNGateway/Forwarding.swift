import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

// [SN 5.5] nodes behind forwarders.
extension Gateway {
  /// Opens a forwarder's envelope: the message in it comes from a node of its own, whose identity is
  /// the line, the forwarder's address and the wireless node id.
  @_lifetime(&self, copy datagram)
  mutating func receiveForwarded(
    _ datagram: Span<UInt8>, from forwarder: NodeAddress,
    links: inout LinkTable, messages: inout MessageStore
  ) throws(CodecError) -> GatewayStep {
    // A forwarder that is not allowed gets no answer: it could not read it.
    guard allowsForwarders(onLine: forwarder.line) else {
      counters.forwardersRefused &+= 1
      return .none
    }
    let envelope = try ForwarderEnvelope(datagram)
    // Nested envelopes are refused: each would be another way to write one identity.
    guard !ForwarderEnvelope.isEnvelope(envelope.message) else { throw .unknownType }
    let message = try Message.decode(envelope.message)
    var address = forwarder
    address.wireless = wirelessNodes.number(
      of: envelope.nodeID, line: forwarder.line, words: forwarder.words, radius: envelope.radius)
    return receive(message, from: address, links: &links, messages: &messages)
  }

  /// The wireless node id of an address; empty for a node that is behind no forwarder.
  @_lifetime(borrow self)
  public func wirelessNodeID(of address: NodeAddress) -> Span<UInt8> {
    wirelessNodes.nodeID(of: address.wireless)
  }
}
