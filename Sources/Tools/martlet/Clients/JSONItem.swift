import CcJSON
import JSONTree

/// A piece of JSON that is being put together, by libcjson.
final class JSONItem {
  /// Nothing once another item has it.
  private var item: UnsafeMutablePointer<cJSON>?

  private init(_ item: UnsafeMutablePointer<cJSON>?) { self.item = item }

  deinit { cJSON_Delete(item) }

  /// An object without members.
  static func object() -> JSONItem { JSONItem(cJSON_CreateObject()) }

  /// An array without elements.
  static func array() -> JSONItem { JSONItem(cJSON_CreateArray()) }

  /// A value that is JSON already.
  static func value(_ json: String) -> JSONItem { JSONItem(cJSON_CreateRaw(json)) }

  /// A string; of octets that are no text, the replacement character.
  static func text(_ octets: [UInt8]) -> JSONItem {
    value(JSONValue.text(String(decoding: octets, as: UTF8.self)).compact)
  }

  /// The value that these octets are, and nothing more but blanks; nil for anything else.
  static func reading(_ octets: [UInt8]) -> JSONItem? {
    octets.withUnsafeBytes { bytes in
      guard let start = bytes.bindMemory(to: CChar.self).baseAddress else { return nil }
      var end: UnsafePointer<CChar>?
      guard let item = cJSON_ParseWithLengthOpts(start, bytes.count, &end, 0) else { return nil }
      let read = JSONItem(item)
      let rest = end.map { bytes[min($0 - start, bytes.count)...] } ?? bytes[...]
      return rest.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } ? read : nil
    }
  }

  /// Adds a member to an object.
  func add(_ name: String, _ member: JSONItem) {
    cJSON_AddItemToObject(item, name, member.item)
    member.item = nil
  }

  /// Adds an element to an array.
  func append(_ element: JSONItem) {
    cJSON_AddItemToArray(item, element.item)
    element.item = nil
  }

  /// The JSON: on one line, or indented by tabs.
  func text(isPretty: Bool) -> [UInt8] {
    guard let text = isPretty ? cJSON_Print(item) : cJSON_PrintUnformatted(item) else { return [] }
    defer { cJSON_free(text) }
    return Array(String(cString: text).utf8)
  }
}
