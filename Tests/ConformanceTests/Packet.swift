/// An MQTT Control Packet as a transcript writes it and as it stands in octets. This codec is a
/// second one, made for tests only, so that the broker's own is not its own judge.
struct Packet: Equatable {
  enum Kind: UInt8, CaseIterable {
    case connect = 1
    case connack, publish, puback, pubrec, pubrel, pubcomp, subscribe, suback, unsubscribe, unsuback
    case pingreq, pingresp, disconnect, auth

    /// As the specification writes it.
    var name: String { "\(self)".uppercased() }

    /// The flags of the fixed header, PUBLISH aside.
    var flags: UInt8 { self == .pubrel || self == .subscribe || self == .unsubscribe ? 2 : 0 }

    /// Whether it has a Packet Identifier; PUBLISH has one above QoS 0.
    var hasIdentifier: Bool { (Kind.puback.rawValue...Kind.unsuback.rawValue).contains(rawValue) }

    /// Whether it has one reason code or return code.
    var hasCode: Bool {
      switch self {
      case .connack, .puback, .pubrec, .pubrel, .pubcomp, .disconnect, .auth: true
      default: false
      }
    }
  }

  struct Filter: Equatable {
    var text: [UInt8]
    var options: UInt8 = 0
  }

  struct Will: Equatable {
    var topic: [UInt8] = []
    var payload: [UInt8] = []
    var qos: UInt8 = 0
    var isRetained = false
    var properties: [Property] = []
  }

  /// What only CONNECT has.
  struct Login: Equatable {
    var name = Array("MQTT".utf8)
    var clientID: [UInt8] = []
    var isCleanStart = true
    var keepAlive: UInt16 = 0
    var will: Will?
    var userName: [UInt8]?
    var password: [UInt8]?
    /// Flags that stand there instead of the right ones.
    var flags: UInt8?
    /// A level that stands there instead of the right one.
    var level: UInt8?
  }

  var kind: Kind
  var identifier: UInt16 = 0
  var code: UInt8 = 0
  /// The codes of SUBACK and UNSUBACK.
  var codes: [UInt8] = []
  var isSessionPresent = false
  var qos: UInt8 = 0
  var isRetained = false
  var isDuplicate = false
  var topic: [UInt8] = []
  var payload: [UInt8] = []
  var filters: [Filter] = []
  var login = Login()
  var properties: [Property] = []
  /// In what is expected: further properties do not matter.
  var isOpen = false

  /// Whether this is what `expected` says. The order of properties has no meaning, but that of those
  /// with the same name.
  func matches(_ expected: Packet) -> Bool {
    var left = self
    var right = expected
    left.properties = []
    right.properties = []
    right.isOpen = false
    guard left == right else { return false }
    let found = properties.ordered
    let wanted = expected.properties.ordered
    guard expected.isOpen else { return found == wanted }
    let names = Set(wanted.map(\.name))
    return found.filter { names.contains($0.name) } == wanted
  }
}

/// The versions that a transcript can speak, by their protocol level.
enum Version: UInt8 {
  case v31 = 3
  case v311, v50
}
