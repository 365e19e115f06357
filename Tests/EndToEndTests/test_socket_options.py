"""What options make of sockets."""

import socket

import pytest

from brokers import free_port
from doors import Door
from sockets import sockets_of

OPEN = "log_type all\nallow_anonymous true\n"


# effect: set_tcp_nodelay
@pytest.mark.parametrize("option, expected", [
    ("", True), ("set_tcp_nodelay true\n", True), ("set_tcp_nodelay false\n", False)])
def test_small_packets_leave_at_once(start_daemon, option, expected):
    daemon = start_daemon(f"{OPEN}{option}listener 0 127.0.0.1\n")
    client = Door("tcp", "127.0.0.1", daemon.mqtt_port).enter()
    found = []
    for copy in sockets_of(daemon.process):
        with copy:
            if copy.type == socket.SOCK_STREAM and not copy.getsockopt(
                    socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                found.append(copy.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0)
    assert found == [expected]
    client.close()


# effect: multicast_hops
@pytest.mark.parametrize("option, expected", [("", 1), ("multicast_hops 7\n", 7)])
def test_multicasts_go_as_far_as_said(start_daemon, option, expected):
    daemon = start_daemon(
        f"{OPEN}listener 0 127.0.0.1\nprotocol mqttsn\nmulticast_group 239.255.77.9 {free_port()}\n{option}")
    daemon.wait_for_log("Joined the group 239.255.77.9|running")
    hops = set()
    for copy in sockets_of(daemon.process):
        with copy:
            if copy.type == socket.SOCK_DGRAM and copy.family == socket.AF_INET:
                hops.add(copy.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL))
    assert expected in hops and hops <= {1, expected}
