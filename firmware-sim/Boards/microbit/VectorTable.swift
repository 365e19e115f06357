import CortexM

/// The entries after the stack pointer: faults, the clock, and interrupt lines up to the UART's.
@section(".vectors") @used
let vectors: InlineArray<18, @convention(c) () -> Void> = [
  reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault,
  tick, fault, fault, receive,
]

/// The entries of the table, with the stack pointer.
var vectorCount: UInt { 19 }

/// The linker script keeps this memory free: behind the stack.
var shared: SharedMemory { SharedMemory(at: 0x2000_0400) }

@c func fault() { stopOnFault() }

@c func tick() { shared.countMillisecond() }

@c func receive() { UART.drain(into: shared) }
