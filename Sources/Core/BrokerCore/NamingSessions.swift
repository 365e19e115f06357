import SessionLink
import Slabs

// Under which Client Identifiers peers have their sessions.
extension Broker {
  /// The Client Identifier that counts: the peer's own, or its user name; empty where the broker
  /// chooses.
  @_lifetime(copy request)
  func clientID(of request: borrowing SessionRequest) -> Span<UInt8> {
    if policy(request.policy).identifiesByUserName, let name = request.userName { return name }
    return request.clientID
  }

  /// Why a peer cannot have a session under its name.
  mutating func refusal(ofNameOf request: borrowing SessionRequest) -> Refusal? {
    let policy = policy(request.policy)
    let clientID = clientID(of: request)
    // [MQTT-3.1.3-5] [MQTT5-3.1.3-5] of whatever characters, and longer than 23 octets.
    if clientID.count > limits.clientIdentifierLength {
      statistics.hit(.clientIdentifierLength)
      return .clientIdentifierNotValid
    }
    if policy.identifiesByUserName, request.userName == nil {
      // An exchange tells later whose it is.
      return request.authentication == nil ? .notAuthorized : nil
    }
    if policy.identifiesByUserName, clientID.isEmpty { return .notAuthorized }
    if clientID.isEmpty, !mayChooseIdentifier(for: request, by: policy) {
      return .clientIdentifierNotValid
    }
    let isPrefixed =
      clientID.isEmpty
      ? policy.assignedPrefix.starts(with: policy.demandedPrefix)
      : begins(clientID, with: policy.demandedPrefix)
    return isPrefixed ? nil : .notAuthorized
  }

  private func begins(_ clientID: Span<UInt8>, with prefix: [UInt8]) -> Bool {
    clientID.count >= prefix.count
      && isSameName(clientID.extracting(0..<prefix.count), prefix.span)
  }

  /// [MQTT-3.1.3-8] a peer that does not hear which identifier was chosen could not find its session
  /// again. [MQTT-3.1.3-6] [MQTT5-3.1.3-6]
  private func mayChooseIdentifier(
    for request: borrowing SessionRequest, by policy: AccessPolicy
  ) -> Bool {
    policy.allowsEmptyClientIdentifier
      && (request.isCleanStart || request.traits.hearsReasons)
  }

  /// An identifier that no client has [MQTT-3.1.3-6]: the prefix, the seed's half, a count.
  mutating func assignClientID(_ prefix: [UInt8]) -> Slab<UInt8> {
    var id = Slab<UInt8>(capacity: 32)
    repeat {
      id.removeAll()
      for octet in prefix { id.append(octet) }
      assignedIDs &+= 1
      appendHexadecimal(NameHash.mix(seed, assignedIDs &* 0x9E37_79B9_7F4A_7C15), to: &id)
      appendHexadecimal(assignedIDs, to: &id)
    } while sessionOfClient.value(of: id.span) != nil
    return id
  }

  private func appendHexadecimal(_ value: UInt64, to text: inout Slab<UInt8>) {
    for shift in stride(from: 28, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 0xF
      text.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }
}
