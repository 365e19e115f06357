// The instructions that Swift cannot say.
#pragma once

#include <stdint.h>

/// Sleeps until an interrupt is pending, also a masked one.
static inline void wait_for_interrupt(void) { __asm__ volatile("wfi" ::: "memory"); }

/// Masks all interrupts.
static inline void disable_interrupts(void) { __asm__ volatile("cpsid i" ::: "memory"); }

/// Lets interrupts through again.
static inline void enable_interrupts(void) { __asm__ volatile("cpsie i" ::: "memory"); }

/// Asks the debugger or emulator for a service; without one this is a fault.
static inline void semihosting_call(uint32_t operation, uint32_t argument) {
  register uint32_t r0 __asm__("r0") = operation;
  register uint32_t r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}
