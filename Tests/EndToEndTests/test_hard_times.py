"""What the daemon does when the system, a name or a message is not as one would like it."""

import resource
import socket
import subprocess

import pytest

from daemon import PATIENCE, Daemon, eventually
from nodes import UDPNode
from test_sessions import connect_packet

CONNACK_PACKET = bytes.fromhex("20 02 00 00")


def test_without_descriptors_connections_are_closed_and_told_of(broker):
    resource.prlimit(broker.process.pid, resource.RLIMIT_NOFILE, (24, 24))
    guests = [socket.create_connection(("127.0.0.1", broker.mqtt_port), PATIENCE)
              for _ in range(40)]
    broker.wait_for_log(r"Error: accept on port \d+: Too many open files")
    for guest in guests:
        guest.close()

    def comes_in():
        with socket.create_connection(("127.0.0.1", broker.mqtt_port), PATIENCE) as guest:
            try:
                guest.sendall(connect_packet(b"late", 0))
                return guest.recv(4) == CONNACK_PACKET
            except ConnectionError:
                return False

    assert eventually(comes_in)


def test_a_name_does_not_steer_the_terminal_that_shows_the_log(broker):
    with socket.create_connection(("127.0.0.1", broker.mqtt_port), PATIENCE) as guest:
        guest.sendall(connect_packet("evil\u009b2J\u001b[2J\n1: forged".encode(), 0))
        assert guest.recv(4) == CONNACK_PACKET
        broker.wait_for_log(r"connected from \S+ as evil\?2J\?\[2J\?1: forged ")


def test_a_retained_message_too_long_for_a_node_does_not_hold_up_the_others(start_daemon, runner):
    # Nothing else is to wake the daemon up.
    broker = start_daemon(
        "listener 0 127.0.0.1\nlistener 0 127.0.0.1\nprotocol mqttsn\nallow_anonymous true\n"
        "sys_interval 0\nadvertise_interval 0\n")
    for number in range(7):
        size = 70_000 if 0 < number < 6 else 4
        runner.publish(
            "mosquitto", broker.mqtt_port, "-t", f"t/{number}", "-q", 1, "-r", "-s",
            input=b"x" * size)
    node = UDPNode(broker.sn_port)
    node.connect("n1")
    node.subscribe("t/+")
    for name in ("t/0", "t/6"):
        node.accept_publish(node.accept_registration(name), b"xxxx")
    node.close()


def can_unshare():
    command = ["unshare", "-rn", "sh", "-c", "ip link set lo up"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.mark.skipif(not can_unshare(), reason="network namespaces are not allowed here")
def test_a_machine_without_ipv6_listens_on_ipv4(martlet, tmp_path):
    setup = "ip link set lo up; echo 1 > /proc/sys/net/ipv6/conf/lo/disable_ipv6; exec \"$@\""
    (tmp_path / "root.conf").write_text("user root\n", encoding="utf-8")
    daemon = Daemon(
        ["unshare", "-rn", "sh", "-c", setup, "-", martlet, "run", "-p", "0", "-c",
         str(tmp_path / "root.conf")], tmp_path / "log")
    daemon.wait_until_running()
    assert daemon.mqtt_port and daemon.end() == 0
