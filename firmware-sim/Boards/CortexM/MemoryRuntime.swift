// What the compiler calls and no library brings. Volatile octets, because a plain loop would be
// compiled into a call of the function it stands in. `sections.ld` gives them their other names.

@c func memmove(
  _ target: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, _ count: UInt
) -> UnsafeMutableRawPointer {
  let (to, from) = (UInt(bitPattern: target), UInt(bitPattern: source))
  var index: UInt = 0
  if to <= from {
    while index < count {
      Octet(to &+ index).store(Octet(from &+ index).load())
      index &+= 1
    }
  } else {
    index = count
    while index > 0 {
      index &-= 1
      Octet(to &+ index).store(Octet(from &+ index).load())
    }
  }
  return target
}

@c(__aeabi_memset) func fill(_ target: UnsafeMutableRawPointer, _ count: UInt, _ value: UInt32) {
  let to = UInt(bitPattern: target)
  var index: UInt = 0
  while index < count {
    Octet(to &+ index).store(UInt8(truncatingIfNeeded: value))
    index &+= 1
  }
}

@c(__aeabi_memclr) func clear(_ target: UnsafeMutableRawPointer, _ count: UInt) {
  fill(target, count, 0)
}
