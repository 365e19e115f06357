// libserialport: real serial ports are listed, opened and configured through it.
#include <libserialport.h>
