import Glibc

/// One file of a fuzz target's seeds.
public struct Seed: Sendable, CustomStringConvertible {
  /// The name of the file.
  public var description: String
  /// What stands in it.
  public var octets: [UInt8]
}

/// The seeds of the fuzz target `name`, which stand in `Tests/Fuzz/Seeds`, by the order of names.
public func seeds(of name: String) -> [Seed] {
  var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
  parts.removeLast(3)
  let folder = parts.joined(separator: "/") + "/Fuzz/Seeds/\(name)"
  return fileNames(in: folder).sorted().map {
    Seed(description: $0, octets: contents(of: "\(folder)/\($0)"))
  }
}

private func fileNames(in folder: String) -> [String] {
  guard let directory = opendir(folder) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names
}

private func contents(of path: String) -> [UInt8] {
  guard let file = fopen(path, "r") else { return [] }
  defer { fclose(file) }
  var octets: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
    octets += chunk[..<count]
  }
  return octets
}
