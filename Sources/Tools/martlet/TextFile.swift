import Glibc
import Reactor

/// The content of a text file of at most 16 MiB. Octets that are not UTF-8 become U+FFFD.
func readTextFile(_ path: String) throws(SystemError) -> String {
  let number = open(path, O_RDONLY | O_CLOEXEC)
  guard number >= 0 else { throw .last("open \(path)") }
  let descriptor = Descriptor(owning: number)
  var content: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 65_536)
  while content.count < 1 << 24 {
    let count = read(descriptor.number, &piece, piece.count)
    guard count >= 0 else { throw .last("read \(path)") }
    if count == 0 { break }
    content += piece[..<count]
  }
  return String(decoding: content, as: UTF8.self)
}
