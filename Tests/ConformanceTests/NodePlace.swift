import MQTTSNGateway

/// Where a node of a transcript is: an address of its own, or a place behind a forwarder.
struct NodePlace: Equatable {
  /// The node's address, or its forwarder's.
  var address: NodeAddress
  /// Behind a forwarder: the WirelessNodeId.
  var wirelessID: [UInt8]?

  /// A datagram as it leaves the place.
  func wrapped(_ datagram: [UInt8], hops: UInt8) -> [UInt8] {
    guard let wirelessID else { return datagram }
    return [UInt8(3 + wirelessID.count), 0xFE, hops] + wirelessID + datagram
  }
}

/// A datagram of the gateway that no line has told of yet.
struct NodeDatagram {
  /// Where it went; nothing for everybody.
  var place: NodePlace?
  var octets: [UInt8]
  /// The broadcast radius of its envelope.
  var hops: UInt8 = 0

  /// What was sent to an address, out of its envelope if it came in one.
  init(_ octets: [UInt8], to node: NodeAddress) {
    // What the gateway knows of its own about a node does not count.
    let address = NodeAddress(line: node.line, words: node.words)
    guard octets.count > 2, octets[1] == 0xFE, octets[0] >= 3, octets.count > octets[0] else {
      place = NodePlace(address: address)
      self.octets = octets
      return
    }
    let end = Int(octets[0])
    place = NodePlace(address: address, wirelessID: Array(octets[3..<end]))
    hops = octets[2]
    self.octets = Array(octets[end...])
  }

  init(toEverybody octets: [UInt8]) {
    self.octets = octets
  }
}

/// The nodes of a transcript.
struct NodePlaces {
  private var places: [String: NodePlace] = [:]
  private var count: UInt64 = 0

  /// The place of a node; one that was not named before gets an address of its own.
  mutating func place(of name: String) -> NodePlace {
    if let place = places[name] { return place }
    count += 1
    let words = NodeAddress.Words(count, count &* 0x9E37_79B9_7F4A_7C15, count << 32)
    let place = NodePlace(address: NodeAddress(line: 0, words: words))
    places[name] = place
    return place
  }

  /// Puts a node on a line, alone or among others.
  mutating func put(_ name: String, onLine line: UInt16, alone: Bool) {
    var place = place(of: name)
    place.address.line = line
    if alone { place.address.words = NodeAddress.Words() }
    places[name] = place
  }

  /// Puts a node behind a forwarder.
  mutating func put(_ name: String, behind forwarder: String, wirelessID: [UInt8]) {
    let address = place(of: forwarder).address
    places[name] = NodePlace(address: address, wirelessID: wirelessID)
  }

  /// The names of the nodes that are at a place, or how a line would describe it.
  func description(of place: NodePlace) -> String {
    places.first { $0.value == place }?.key ?? "\(place)"
  }
}
