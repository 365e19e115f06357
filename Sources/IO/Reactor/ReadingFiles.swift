import Glibc

/// The content of a text file; one of more than 16 MiB is an error. Octets that are not UTF-8 become
/// U+FFFD.
public func readTextFile(_ path: String) throws(SystemError) -> String {
  let limit = 1 << 24
  let content = try readFile(path, limit: limit + 1)
  guard content.count <= limit else {
    throw SystemError("read \(path)", reason: "it has more than 16 MiB")
  }
  return String(decoding: content, as: UTF8.self)
}

/// The first `limit` octets of a file, rounded up to a whole read.
public func readFile(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
  let number = open(path, O_RDONLY | O_CLOEXEC)
  guard number >= 0 else { throw .last("open \(path)") }
  let descriptor = Descriptor(owning: number)
  return try readAll(descriptor.number, called: path, limit: limit)
}

/// What comes from an open descriptor until its end, but not much more than `limit` octets.
public func readAll(_ number: Int32, called name: String, limit: Int) throws(SystemError) -> [UInt8]
{
  var content: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 65_536)
  while content.count < limit {
    let count = read(number, &piece, piece.count)
    guard count >= 0 else { throw .last("read \(name)") }
    if count == 0 { break }
    content += piece[..<count]
  }
  return content
}
