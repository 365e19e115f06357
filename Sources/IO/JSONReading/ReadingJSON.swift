import CcJSON
import JSONTree

extension JSONValue {
  /// The value that a text stands for; the text may hold nothing else but spaces.
  public init(text: [UInt8], within bounds: JSONBounds) throws(JSONFault) {
    if let fault = bounds.fault(of: text) { throw fault }
    // The library looks at the octet behind the end, too.
    let terminated = text + [0]
    var tree: UnsafeMutablePointer<cJSON>?
    var end = 0
    terminated.withUnsafeBytes { octets in
      let start = octets.baseAddress?.assumingMemoryBound(to: CChar.self)
      var stop: UnsafePointer<CChar>?
      tree = cJSON_ParseWithLengthOpts(start, octets.count, &stop, 1)
      if let start, let stop { end = stop - start }
    }
    guard let tree else { throw .malformed(at: end) }
    defer { cJSON_Delete(tree) }
    self = try JSONValue(tree)
  }

  private init(_ item: UnsafeMutablePointer<cJSON>) throws(JSONFault) {
    if cJSON_IsObject(item) != 0 {
      self = .object(try Self.members(of: item))
    } else if cJSON_IsArray(item) != 0 {
      self = .array(try Self.members(of: item).map(\.value))
    } else if cJSON_IsString(item) != 0 {
      self = .text(try Self.text(item.pointee.valuestring))
    } else if cJSON_IsNumber(item) != 0 {
      self = .number(item.pointee.valuedouble)
    } else if cJSON_IsBool(item) != 0 {
      self = .bool(cJSON_IsTrue(item) != 0)
    } else {
      self = .null
    }
  }

  /// What stands in an object; in an array the names are empty.
  private static func members(
    of item: UnsafeMutablePointer<cJSON>
  ) throws(JSONFault) -> [JSONMember] {
    var members: [JSONMember] = []
    var next = item.pointee.child
    while let child = next {
      members.append(JSONMember(try text(child.pointee.string), try JSONValue(child)))
      next = child.pointee.next
    }
    return members
  }

  private static func text(_ octets: UnsafeMutablePointer<CChar>?) throws(JSONFault) -> String {
    guard let octets else { return "" }
    guard let text = String(validatingCString: octets) else { throw .noText }
    return text
  }
}
