import MQTTCodec
import MQTTTerms
import WireBytes

/// What the client said in its CONNECT and must keep to [MQTT5 3.1.2.11].
struct Promises: BitwiseCopyable {
  /// Whether the session started anew.
  var isCleanStart = true
  /// How long the session outlives its connection, in seconds.
  private(set) var sessionExpiry: UInt32 = 0
  /// How many messages of QoS 1 and 2 the server may leave unacknowledged.
  private(set) var receiveMaximum = UInt16.max
  /// The largest packet that the server may send.
  private(set) var maximumPacketSize = UInt32.max
  /// The highest Topic Alias that the server may use; 0 allows none.
  private(set) var topicAliasMaximum: UInt16 = 0
  /// The method of enhanced authentication; empty where there is none.
  private var method = FixedBytes<32>()

  init() {}

  /// The promises of that CONNECT; of none but 5.0's properties count.
  init(_ connect: borrowing Connect) throws(ClientError) {
    isCleanStart = connect.isCleanSession
    guard connect.version == .mqtt50 else { return }
    var rest = connect.properties
    do throws(CodecError) {
      while let property = try rest.next() {
        try note(property)
      }
    } catch { throw ClientError(error) }
  }

  private mutating func note(_ property: Property) throws(CodecError) {
    switch property {
    case .sessionExpiryInterval(let seconds): sessionExpiry = seconds
    case .receiveMaximum(let number): receiveMaximum = number
    case .maximumPacketSize(let size): maximumPacketSize = size
    case .topicAliasMaximum(let number): topicAliasMaximum = number
    case .authenticationMethod(let name):
      do { try method.assign(name) } catch { throw .tooLong }
    default: break
    }
  }

  /// Whether CONNECT named an authentication method.
  var hasMethod: Bool { !method.isEmpty }

  /// Whether those properties name the method of the CONNECT, or none where that named none.
  func isMethodKept(by properties: Properties) -> Bool {
    var rest = properties
    do throws(CodecError) {
      while let property = try rest.next() {
        if case .authenticationMethod(let name) = property { return isMethod(name) }
      }
    } catch { return false }
    return !hasMethod
  }

  private func isMethod(_ name: Span<UInt8>) -> Bool {
    guard hasMethod, name.count == method.count else { return false }
    var index = 0
    while index < name.count {
      if method[index] != name[index] { return false }
      index += 1
    }
    return true
  }
}
