import MQTTSNCodec
import MQTTTerms

/// Looks for gateways by broadcast [SN 6.1], without input, output or clock of its own.
///
/// The owner broadcasts what `nextTransmit` gives, hands in what it hears with `receive`, time with
/// `advance`, and comes back at `nextDeadline`. The first SEARCHGW leaves after a random wait that
/// the owner draws; the following ones after T_SEARCHGW, twice that, and so on up to an hour.
public struct GatewaySearch: BitwiseCopyable {
  /// The longest first wait, and the first interval, T_SEARCHGW, in milliseconds.
  public static var searchInterval: UInt32 { 5_000 }
  /// The longest interval in milliseconds.
  public static var longestInterval: UInt32 { 3_600_000 }
  /// How many ADVERTISEs may be missed, N_ADV.
  public static var advertiseLimit: UInt32 { 3 }

  /// The gateway that was found last, by its id; nil while the search goes on.
  public private(set) var gatewayID: UInt8?

  private let radius: UInt8
  private var searchTime: TickTime
  private var interval: UInt32
  private var isDue: Bool
  /// When the gateway found will have missed N_ADV advertisements; nil for one that told no
  /// duration.
  private var silenceTime: TickTime?

  /// A search that begins at `now` and waits `firstWait` milliseconds (0...`searchInterval`, drawn
  /// at random, so that nodes that start together do not shout together). `radius` is in hops; 0
  /// reaches all nodes.
  public init(firstWait: UInt32, radius: UInt8 = 0, at now: TickTime) {
    self.radius = radius
    searchTime = now.advanced(by: firstWait)
    interval = Self.searchInterval
    isDue = false
  }

  /// Takes a datagram that was heard, and returns the gateway that it tells of. What is no message,
  /// or none of discovery, is dropped.
  @_lifetime(copy datagram)
  public mutating func receive(_ datagram: Span<UInt8>, at now: TickTime) -> FoundGateway? {
    do throws(CodecError) {
      let frame = try Frame(datagram)
      switch frame.type {
      case .advertise:
        let message = try Advertise(body: frame.body)
        note(message.gatewayID)
        let silence = UInt32(message.duration) &* (1000 &* Self.advertiseLimit)
        silenceTime = now.advanced(by: silence)
        return FoundGateway(id: message.gatewayID, address: Span())
      case .gatewayInfo:
        let message = try GatewayInfo(body: frame.body)
        note(message.gatewayID)
        return FoundGateway(id: message.gatewayID, address: message.address)
      case .searchGateway:
        if gatewayID == nil { yield(at: now) }
      default: break
      }
    } catch {}
    return nil
  }

  /// Another gateway than before says nothing about when the one before will speak.
  private mutating func note(_ id: UInt8) {
    if gatewayID != id { silenceTime = nil }
    gatewayID = id
    isDue = false
  }

  /// [SN 6.1] another client's SEARCHGW counts as one's own.
  private mutating func yield(at now: TickTime) {
    isDue = false
    searchTime = now.advanced(by: interval)
  }

  /// Begins anew: the gateway found does not answer, or was lost. The parameters are those of
  /// `init`.
  public mutating func restart(firstWait: UInt32, at now: TickTime) {
    self = GatewaySearch(firstWait: firstWait, radius: radius, at: now)
  }

  /// Tells the time. False once the gateway found has missed N_ADV advertisements: it is gone, and
  /// the search begins anew.
  @discardableResult
  public mutating func advance(to now: TickTime) -> Bool {
    if let silenceTime, silenceTime.isReached(at: now) {
      restart(firstWait: 0, at: now)
      return false
    }
    guard gatewayID == nil, !isDue, searchTime.isReached(at: now) else { return true }
    isDue = true
    searchTime = now.advanced(by: interval)
    interval = min(interval &* 2, Self.longestInterval)
    return true
  }

  /// Appends the SEARCHGW that is due to `output`, to be broadcast; false when none is, or it does
  /// not fit.
  @_lifetime(output: copy output)
  public mutating func nextTransmit(into output: inout OutputRawSpan) -> Bool {
    guard isDue else { return false }
    do throws(CodecError) { try SearchGateway(radius: radius).encode(into: &output) } catch {
      return false
    }
    isDue = false
    return true
  }

  /// When `advance` has something to do; nil when there is nothing to wait for.
  public var nextDeadline: TickTime? { gatewayID == nil ? searchTime : silenceTime }
}

/// A gateway that was heard of.
public struct FoundGateway: ~Escapable {
  /// The gateway, unique in its network.
  public let id: UInt8
  /// Its address where a client has answered for it; else empty: it is the sender's.
  public let address: Span<UInt8>

  @_lifetime(copy address)
  init(id: UInt8, address: Span<UInt8>) {
    self.id = id
    self.address = address
  }
}
