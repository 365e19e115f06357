// What Glibc's Swift module does not show: epoll, signalfd, batched datagrams, accept4, custom baud
// rates, and calls that are macros or variadic in C. Headers only; nothing here depends on the
// page size, on the signedness of char or on the layout of epoll_event (packed on x86 alone).
#ifndef MARTLET_CLINUX_H
#define MARTLET_CLINUX_H

// No _GNU_SOURCE: Glibc's module is made without it, and the two would disagree about the types that
// both show. What hides behind it is declared here by its own name.
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "Terminals.h"

// --- epoll ---

static inline size_t linux_epoll_event_size(void) { return sizeof(struct epoll_event); }

static inline uint32_t linux_epoll_readable(void) { return EPOLLIN; }
static inline uint32_t linux_epoll_writable(void) { return EPOLLOUT; }
static inline uint32_t linux_epoll_failed(void) { return EPOLLERR; }
static inline uint32_t linux_epoll_hung_up(void) { return EPOLLHUP; }

static inline int linux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int linux_epoll_change(int epoll, int operation, int fd, uint32_t events,
                                     uint64_t token) {
  struct epoll_event event;
  memset(&event, 0, sizeof event);
  event.events = events;
  event.data.u64 = token;
  return epoll_ctl(epoll, operation, fd, &event);
}

static inline int linux_epoll_wait(int epoll, void *events, int capacity, int milliseconds) {
  return epoll_wait(epoll, (struct epoll_event *)events, capacity, milliseconds);
}

static inline uint32_t linux_epoll_events(const void *events, int index) {
  return ((const struct epoll_event *)events)[index].events;
}

static inline uint64_t linux_epoll_token(const void *events, int index) {
  return ((const struct epoll_event *)events)[index].data.u64;
}

// --- clocks ---

static inline uint64_t linux_monotonic_milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

static inline uint64_t linux_monotonic_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/// The processor time that all threads of a process have used, or -1 when there is no such process.
/// 0 asks for the caller's own.
static inline int64_t linux_processor_nanoseconds(int process) {
  clockid_t clock;
  struct timespec used;
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &used) != 0) return -1;
  return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

// --- memory ---

/// Octets that the process has taken from the heap and not given back.
static inline size_t linux_heap_in_use(void) {
  struct mallinfo2 information = mallinfo2();
  return information.uordblks + information.hblkhd;
}

// --- limits ---

/// Raises the limit of open descriptors to what the process may have at most; gives that.
static inline uint64_t linux_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_max;
}

/// Lets the calling thread, and no other, give way a little to the others of the process.
static inline void linux_lower_priority(void) {
  if (nice(2) == -1) return;
}

// --- folders that change ---

static inline int linux_inotify(void) { return inotify_init1(IN_NONBLOCK | IN_CLOEXEC); }

/// Watches a folder for whatever may make another file of one of its names.
static inline int linux_inotify_add(int fd, const char *folder) {
  return inotify_add_watch(fd, folder,
                           IN_ONLYDIR | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE |
                               IN_DELETE | IN_ATTRIB);
}

// --- wake-ups and signals ---

static inline int linux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static inline int linux_signalfd(const sigset_t *set) {
  return signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// The next signal's number, or 0 when there is none, or -1.
static inline int linux_signal_read(int fd) {
  struct signalfd_siginfo info;
  ssize_t count = read(fd, &info, sizeof info);
  if (count == (ssize_t)sizeof info) return (int)info.ssi_signo;
  return count < 0 && errno != EAGAIN && errno != EINTR ? -1 : 0;
}

static inline void linux_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }

// --- the system's log ---

static inline void linux_open_system_log(void) { openlog("martlet", LOG_PID, LOG_DAEMON); }

/// Writes for local0 to local7, or with -1 for daemons.
static inline void linux_system_log(int local, int severity, const char *line) {
  syslog((local < 0 ? LOG_DAEMON : (16 + local) << 3) | severity, "%s", line);
}

// --- processes ---

static inline int linux_fork(void) { return fork(); }

/// The exit status of a child that is ending, 1 when a signal has ended it.
static inline int linux_exit_status(int process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) return 1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

// --- sockets ---

extern int linux_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
    __asm__("accept4");

static inline int linux_socket(int family, int type) {
  return socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static inline int linux_stream_type(void) { return SOCK_STREAM; }
static inline int linux_datagram_type(void) { return SOCK_DGRAM; }

static inline int linux_socketpair(int type, int pair[2]) {
  return socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair);
}

static inline int linux_accept(int fd, void *address, socklen_t *length) {
  return linux_accept4(fd, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static inline int linux_bind(int fd, const void *address, socklen_t length) {
  return bind(fd, (const struct sockaddr *)address, length);
}

static inline int linux_connect(int fd, const void *address, socklen_t length) {
  return connect(fd, (const struct sockaddr *)address, length);
}

static inline int linux_local_address(int fd, void *address, socklen_t *length) {
  return getsockname(fd, (struct sockaddr *)address, length);
}

static inline int linux_set_option(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof value);
}

/// An option's value, or -1.
static inline int linux_option(int fd, int level, int option) {
  int value = 0;
  socklen_t length = sizeof value;
  return getsockopt(fd, level, option, &value, &length) == 0 ? value : -1;
}

/// Lets a socket hear only what comes in on an interface.
static inline int linux_bind_to_interface(int fd, const char *name) {
  return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name));
}

/// Leaves all groups but those that the account is in, `group` among them.
static inline int linux_join_groups(const char *name, gid_t group) { return initgroups(name, group); }

/// Leaves all groups but one.
static inline int linux_join_group(gid_t group) { return setgroups(1, &group); }

/// The error that is pending on a socket; the error of asking when that fails.
static inline int linux_pending_error(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

static inline int linux_set_no_delay(int fd) {
  return linux_set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

/// Asks the kernel to probe a silent peer: seconds, seconds, and how often.
static inline int linux_set_keep_alive(int fd, int idle, int interval, int count) {
  if (linux_set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1) != 0) return -1;
  if (linux_set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, idle) != 0) return -1;
  if (linux_set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, interval) != 0) return -1;
  return linux_set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, count);
}

/// How many milliseconds sent octets may stay unacknowledged.
static inline int linux_set_user_timeout(int fd, int milliseconds) {
  return linux_set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, milliseconds);
}

static inline int linux_set_ipv6_only(int fd) {
  return linux_set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

/// One send of what the socket takes now; a closed peer is an error and not a signal.
static inline ssize_t linux_send(int fd, const void *bytes, size_t count) {
  return send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// --- batched datagrams ---

/// The system's struct mmsghdr.
struct linux_message {
  struct msghdr header;
  unsigned int count;
};

extern int linux_recvmmsg(int fd, struct linux_message *messages, unsigned int count, int flags,
                          struct timespec *timeout) __asm__("recvmmsg");
extern int linux_sendmmsg(int fd, struct linux_message *messages, unsigned int count, int flags)
    __asm__("sendmmsg");

/// Sets one message of a batch: its bytes, and where its peer's address is or goes.
static inline void linux_message_set(struct linux_message *messages, struct iovec *vectors, int index,
                                     void *bytes, size_t count, void *address, socklen_t length) {
  vectors[index].iov_base = bytes;
  vectors[index].iov_len = count;
  memset(&messages[index], 0, sizeof messages[index]);
  messages[index].header.msg_iov = &vectors[index];
  messages[index].header.msg_iovlen = 1;
  messages[index].header.msg_name = address;
  messages[index].header.msg_namelen = length;
}

/// Makes a received message of a batch one to send: what came, to where it came from.
static inline void linux_message_return(struct linux_message *messages, int index) {
  messages[index].header.msg_iov->iov_len = messages[index].count;
  messages[index].header.msg_flags = 0;
}

static inline int linux_receive_messages(int fd, struct linux_message *messages, unsigned int count) {
  return linux_recvmmsg(fd, messages, count, MSG_DONTWAIT, NULL);
}

static inline int linux_send_messages(int fd, struct linux_message *messages, unsigned int count) {
  return linux_sendmmsg(fd, messages, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static inline int linux_is_truncated(const struct linux_message *messages, int index) {
  return (messages[index].header.msg_flags & MSG_TRUNC) != 0;
}

/// Sends multicast on the interface with an address (0: the system chooses).
static inline int linux_send_multicast_ipv4(int fd, uint32_t interface) {
  struct in_addr address;
  address.s_addr = interface;
  return setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &address, sizeof address);
}

/// Sends multicast on the interface with an index (0: the system chooses).
static inline int linux_send_multicast_ipv6(int fd, unsigned int interface) {
  return linux_set_option(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, (int)interface);
}

/// Takes only what is sent to groups that this socket itself has joined.
static inline int linux_ignore_foreign_groups(int fd, int family) {
  return family == AF_INET6 ? linux_set_option(fd, IPPROTO_IPV6, 29 /* IPV6_MULTICAST_ALL */, 0)
                            : linux_set_option(fd, IPPROTO_IP, 49 /* IP_MULTICAST_ALL */, 0);
}

/// Joins a group on the interface with an address (0: the system chooses), and sends there too.
static inline int linux_join_ipv4(int fd, uint32_t group, uint32_t interface) {
  struct ip_mreq request;
  request.imr_multiaddr.s_addr = group;
  request.imr_interface.s_addr = interface;
  if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request) != 0) return -1;
  return linux_send_multicast_ipv4(fd, interface);
}

/// Joins a group on the interface with an index (0: the system chooses), and sends there too.
static inline int linux_join_ipv6(int fd, const struct in6_addr *group, unsigned int interface) {
  struct ipv6_mreq request;
  request.ipv6mr_multiaddr = *group;
  request.ipv6mr_interface = interface;
  if (setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &request, sizeof request) != 0) return -1;
  return linux_send_multicast_ipv6(fd, interface);
}

static inline int linux_set_multicast_hops(int fd, int family, int hops) {
  return family == AF_INET6
             ? linux_set_option(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, hops)
             : linux_set_option(fd, IPPROTO_IP, IP_MULTICAST_TTL, hops);
}

#endif
