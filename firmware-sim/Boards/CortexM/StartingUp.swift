import CCortexM

/// Brings memory to where Swift expects it: copies `.data` from flash and clears `.bss`.
///
/// The linker script writes the addresses behind a vector table of `vectorCount` entries.
public func startUp(vectorCount: UInt) {
  let table = 4 * vectorCount
  var source = UInt(Register(table).load())
  var target = UInt(Register(table + 4).load())
  let dataEnd = UInt(Register(table + 8).load())
  let bssEnd = UInt(Register(table + 12).load())
  while target < dataEnd {
    Register(target).store(Register(source).load())
    source &+= 4
    target &+= 4
  }
  while target < bssEnd {
    Register(target).store(0)
    target &+= 4
  }
}

/// Ends the program as a failure, where a debugger or emulator listens; else stands still.
///
/// Every fault comes here, and with it every trap of Swift.
public func stopOnFault() -> Never {
  let (sysExit, runTimeError) = (0x18 as UInt32, 0x2_0023 as UInt32)
  semihosting_call(sysExit, runTimeError)
  while true { wait_for_interrupt() }
}
