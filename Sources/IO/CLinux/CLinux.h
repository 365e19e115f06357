// What Glibc's Swift module does not show: epoll, batched datagrams, accept4, custom baud rates.
#ifndef MARTLET_CLINUX_H
#define MARTLET_CLINUX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#endif
