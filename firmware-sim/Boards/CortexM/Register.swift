import _Volatile

/// A 32-bit register or shared word at `address`.
@inline(__always)
public func register(_ address: UInt) -> VolatileMappedRegister<UInt32> {
  VolatileMappedRegister(unsafeBitPattern: address)
}

/// A single octet at `address`.
@inline(__always)
func octet(at address: UInt) -> VolatileMappedRegister<UInt8> {
  VolatileMappedRegister(unsafeBitPattern: address)
}
