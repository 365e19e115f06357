// libudev: tells when devices come and go, after udev's rules have made their links.
#include <libudev.h>
