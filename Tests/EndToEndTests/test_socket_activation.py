"""Sockets that a service manager has opened: LISTEN_FDS, as systemd gives them."""

import os
import signal
import socket
import subprocess

import pytest

from brokers import free_port
from daemon import Daemon
from nodes import UDPNode

COMMON = "allow_anonymous true\nsys_interval 0\n"
# What systemd does: the sockets from 3 on, and the process's own number.
STARTER = """
import os, sys
numbers = [int(number) for number in sys.argv[1].split(",") if number]
for place, number in enumerate(numbers):
    os.dup2(number, 100 + place)
for place in range(len(numbers)):
    os.dup2(100 + place, 3 + place, inheritable=True)
os.closerange(3 + len(numbers), 200)
os.environ.setdefault("LISTEN_PID", str(os.getpid()))
os.environ.setdefault("LISTEN_FDS", str(len(numbers)))
os.environ["LISTEN_FDNAMES"] = ":".join(f"s{number}" for number in range(len(numbers)))
os.execv(sys.argv[2], sys.argv[2:])
"""


def tcp(host="127.0.0.1", family=socket.AF_INET, listens=True, only6=None):
    """A socket at a port that nobody else gets by chance, whether another family or protocol."""
    made = socket.socket(family, socket.SOCK_STREAM)
    if only6 is not None:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only6)
    made.bind((host, free_port()))
    if listens:
        made.listen()
    return made


def udp():
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", free_port()))
    return made


def port(of):
    return of.getsockname()[1]


@pytest.fixture
def activate(martlet, tmp_path):
    """Starts a daemon as a service manager does that has opened `sockets`, and lets go of them."""
    daemons = []

    def start(configuration, *sockets, **environment):
        path = tmp_path / f"{len(daemons)}.conf"
        path.write_text(configuration + COMMON)
        numbers = ",".join(str(each.fileno()) for each in sockets)
        output = path.with_suffix(".log")
        daemon = Daemon.__new__(Daemon)
        daemon.log_path = output
        with output.open("wb") as file:
            daemon.process = subprocess.Popen(
                ["python3", "-c", STARTER, numbers, martlet, "run", "-c", str(path)],
                stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                env={**os.environ, **environment},
                pass_fds=[each.fileno() for each in sockets])
        for each in sockets:
            each.close()
        daemons.append(daemon)
        return daemon

    yield start
    for daemon in daemons:
        daemon.finish()


def test_a_listener_takes_the_socket_at_its_place(activate, runner):
    made = tcp()
    number = port(made)
    daemon = activate(f"listener {number} 127.0.0.1\n", made)
    # The connection waits in the socket until the daemon has started: nobody is refused.
    runner.publish("mosquitto", number, "-t", "a", "-m", "x", "-q", 1)
    assert f"Taking over TCP 127.0.0.1:{number} from the service manager" in daemon.log
    assert daemon.mqtt_ports == []


def test_without_sockets_the_listener_opens_its_own(activate):
    daemon = activate("listener 0 127.0.0.1\n")
    daemon.wait_until_running()
    assert len(daemon.mqtt_ports) == 1 and "Taking over" not in daemon.log


def test_a_socket_that_fits_no_listener_is_an_error_line(activate):
    made, closed = tcp(), tcp(listens=False)
    number = port(made)
    daemon = activate("listener 0 127.0.0.1\n", made, closed)
    daemon.wait_until_running()
    assert f'Error: The service manager\'s socket "s0" (TCP 127.0.0.1:{number})' in daemon.log
    assert 'Error: The service manager\'s socket "s1" (no socket that listens)' in daemon.log
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", number)).close()


def test_sockets_that_are_meant_for_another_process_are_left_alone(activate):
    made = tcp()
    daemon = activate("listener 0 127.0.0.1\n", made, LISTEN_PID="1")
    daemon.wait_until_running()
    assert "service manager" not in daemon.log


@pytest.mark.parametrize("count", ["0", "-1", "x", "5000000000"])
def test_a_false_count_of_sockets_is_none(activate, count):
    daemon = activate("listener 0 127.0.0.1\n", LISTEN_FDS=count)
    daemon.wait_until_running()
    assert "service manager" not in daemon.log


def test_one_socket_for_both_families_serves_a_listener_everywhere(activate, runner):
    made = tcp("::", socket.AF_INET6, only6=0)
    number = port(made)
    daemon = activate(f"listener {number}\n", made)
    daemon.wait_until_running()
    assert f"Taking over TCP [::]:{number}" in daemon.log and daemon.mqtt_ports == []
    runner.publish("mosquitto", number, "-i", "c", "-t", "a", "-m", "x", "-q", 1)
    # The peer is told as what it is, not in IPv6's form.
    daemon.wait_for_log(r"New client connected from 127\.0\.0\.1:\d+ as c ")


def test_a_socket_for_ipv6_alone_leaves_ipv4_to_the_listener(activate, runner):
    made = tcp("::", socket.AF_INET6, only6=1)
    number = port(made)
    daemon = activate(f"listener {number}\n", made)
    daemon.wait_until_running()
    assert daemon.mqtt_ports == [number]
    runner.publish("mosquitto", number, "-t", "a", "-m", "x", "-q", 1)


def test_a_unix_socket_is_taken_and_its_path_stays(activate, runner, tmp_path):
    path = tmp_path / "socket"
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.bind(str(path))
    made.listen()
    daemon = activate(f"listener 0 {path}\n", made)
    assert runner.run(
        "martlet", "pub", "--unix", path, "-t", "a", "-m", "x", "-q", 1).returncode == 0
    assert daemon.end(signal.SIGTERM) == 0
    assert path.exists()


def test_nodes_come_over_a_udp_socket_of_the_manager(activate):
    made = udp()
    number = port(made)
    daemon = activate(f"listener {number} 127.0.0.1\nprotocol mqttsn\n", made)
    node = UDPNode(number)
    node.connect("n1")
    node.close()
    assert f"Taking over UDP 127.0.0.1:{number}" in daemon.log


def test_a_udp_socket_is_none_for_mqtt(activate):
    made = udp()
    number = port(made)
    daemon = activate(f"listener {number} 127.0.0.1\n", made)
    daemon.wait_until_running()
    assert daemon.mqtt_ports == [number]
    assert f"(UDP 127.0.0.1:{number}) fits no listener" in daemon.log
