import MQTTSNCodec
import SessionLink

// [SN 6.1] how clients find the gateway.
extension Gateway {
  /// GWINFO to whoever asks: a client behind a router does not hear broadcasts.
  mutating func answerSearch(from address: NodeAddress) {
    let info = GatewayInfo(gatewayID: options.gatewayID, address: Span())
    send(info, toAddress: address)
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
