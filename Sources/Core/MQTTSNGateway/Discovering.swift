import MQTTSNCodec
import SessionLink

// [SN 6.1] how clients find the gateway.
extension Gateway {
  /// GWINFO to whoever asks: a client behind a router does not hear broadcasts.
  mutating func answerSearch(from address: NodeAddress) {
    let info = GatewayInfo(gatewayID: options.gatewayID, address: Span())
    send(info, toAddress: address)
  }

  /// Takes in a datagram that was sent to everybody on a line: a client that looks for a gateway, or
  /// publishes without knowing one [SN 6.8]. Nothing else makes sense there.
  @_lifetime(&self, copy datagram)
  mutating func receiveBroadcast(
    _ datagram: Span<UInt8>, from address: NodeAddress, at now: LinkTime
  ) -> GatewayStep {
    self.now = now
    counters.datagramsReceived &+= 1
    do throws(CodecError) {
      switch try Message.decode(datagram) {
      case .searchGateway: answerSearchOfAll(from: address)
      case .publish(let publish) where publish.qos == .withoutConnection:
        return publishWithoutConnection(publish, from: address, nil)
      case .advertise, .gatewayInfo: break
      default: counters.strangers &+= 1
      }
    } catch {
      noteMalformed(error, from: address)
    }
    return .none
  }

  /// GWINFO to the asker, and to everybody, so that others need not ask. Anybody can ask, so there
  /// are not many for everybody.
  private mutating func answerSearchOfAll(from address: NodeAddress) {
    answerSearch(from: address)
    guard strangerAnswers.take(at: now) else { return }
    counters.datagramsSent &+= 1
    output.append(
      GatewayInfo(gatewayID: options.gatewayID, address: Span()), to: .line(address.line))
  }

  /// ADVERTISE on every line, when it is time.
  mutating func advertise() {
    guard let due = advertiseAt, due <= now else { return }
    let interval = options.advertiseInterval
    counters.datagramsSent &+= 1
    output.append(
      Advertise(gatewayID: options.gatewayID, duration: interval), to: .everybody)
    advertiseAt = now + UInt64(interval) * 1000
  }
}
