// Serial lines by termios2, which glibc's <termios.h> does not have: any baud rate (BOTHER), raw
// 8N1. The layout and the numbers are those of asm-generic (x86, ARM, AArch64, RISC-V).
#ifndef MARTLET_TERMINALS_H
#define MARTLET_TERMINALS_H

#include <linux/serial.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>

struct linux_termios2 {
  uint32_t input, output, control, local;
  uint8_t line;
  uint8_t characters[19];
  uint32_t input_speed, output_speed;
};

enum {
  linux_speed_mask = 0010017,
  linux_speed_other = 0010000,
  linux_input_speed_shift = 16,
  linux_size_mask = 0000060,
  linux_size_8 = 0000060,
  linux_two_stop_bits = 0000100,
  linux_receiver_on = 0000200,
  linux_parity_on = 0000400,
  linux_no_modem_lines = 0004000,
  linux_hardware_flow = 020000000000,
  linux_time_index = 5,
  linux_minimum_index = 6
};

#define LINUX_TCGETS2 _IOR('T', 0x2A, struct linux_termios2)
#define LINUX_TCSETS2 _IOW('T', 0x2B, struct linux_termios2)
#define LINUX_TIOCEXCL _IO('T', 0x0C)
#define LINUX_TIOCGICOUNT 0x545D

/// Raw 8N1 without flow control at any rate; a read waits for one octet, so that 0 means hang-up.
static inline int linux_terminal_configure(int fd, uint32_t baud) {
  struct linux_termios2 settings;
  if (ioctl(fd, LINUX_TCGETS2, &settings) != 0) return -1;
  uint32_t cleared = linux_speed_mask | (uint32_t)linux_speed_mask << linux_input_speed_shift |
                     linux_size_mask | linux_two_stop_bits | linux_parity_on |
                     (uint32_t)linux_hardware_flow;
  settings.input = settings.output = settings.local = 0;
  settings.control = (settings.control & ~cleared) | linux_speed_other | linux_size_8 |
                     linux_receiver_on | linux_no_modem_lines;
  settings.characters[linux_time_index] = 0;
  settings.characters[linux_minimum_index] = 1;
  settings.input_speed = settings.output_speed = baud;
  return ioctl(fd, LINUX_TCSETS2, &settings);
}

/// Sets the rate, makes reads wait for one octet and leaves everything else as it is.
static inline int linux_terminal_finish(int fd, uint32_t baud) {
  struct linux_termios2 settings;
  if (ioctl(fd, LINUX_TCGETS2, &settings) != 0) return -1;
  settings.control &=
      ~(uint32_t)(linux_speed_mask | linux_speed_mask << linux_input_speed_shift);
  settings.control |= linux_speed_other;
  settings.input_speed = settings.output_speed = baud;
  settings.characters[linux_time_index] = 0;
  settings.characters[linux_minimum_index] = 1;
  return ioctl(fd, LINUX_TCSETS2, &settings);
}

/// The output rate in baud, or -1.
static inline int64_t linux_terminal_baud(int fd) {
  struct linux_termios2 settings;
  return ioctl(fd, LINUX_TCGETS2, &settings) == 0 ? (int64_t)settings.output_speed : -1;
}

/// What a driver has counted on a line since it knows it. Each counter wraps at 2³².
struct linux_line_errors {
  uint32_t overruns, framing, parity, breaks;
};

/// Octets that hardware or kernel lost, and octets that came in broken; -1 when the driver counts none.
static inline int linux_terminal_errors(int fd, struct linux_line_errors *errors) {
  struct serial_icounter_struct counters;
  if (ioctl(fd, LINUX_TIOCGICOUNT, &counters) != 0) return -1;
  errors->overruns = (uint32_t)counters.overrun + (uint32_t)counters.buf_overrun;
  errors->framing = (uint32_t)counters.frame;
  errors->parity = (uint32_t)counters.parity;
  errors->breaks = (uint32_t)counters.brk;
  return 0;
}

/// No other process may open the line any more.
static inline int linux_terminal_claim(int fd) { return ioctl(fd, LINUX_TIOCEXCL); }

// Pseudo-terminals: hidden in <stdlib.h> as Glibc's module sees it.
extern int posix_openpt(int flags);
extern int grantpt(int fd);
extern int unlockpt(int fd);
extern int ptsname_r(int fd, char *name, size_t size);

#endif
