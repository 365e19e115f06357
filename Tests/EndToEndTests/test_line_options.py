"""Options of serial lines, and what the gateway says of itself on them."""

import fcntl
import struct

import pytest

from lines import LineNode
from nodes import ADVERTISE, PUBLISH, message, octet
from pythonclients import PythonClient

TCGETS2 = 0x802C542A
COMMON = """\
listener 0 127.0.0.1
allow_anonymous true
log_type all
sys_interval 1
"""


@pytest.fixture
def start(start_daemon, line):
    def run(options="", before=""):
        return start_daemon(f"{COMMON}{before}serial {line.path}\n{options}")

    return run


# effect: gateway_id advertise_interval
@pytest.mark.parametrize("options, number, seconds", [
    ("", 1, 900), ("gateway_id 9\n", 9, 900), ("advertise_interval 7\n", 1, 7)])
def test_the_gateway_tells_its_number_and_when_it_tells_again(
        start, line, options, number, seconds):
    start(before=options)
    assert LineNode(line).take() == message(ADVERTISE, bytes([number]), seconds)


def speeds(line):
    """How fast a line reads and writes, of which Python's termios knows only the usual."""
    return struct.unpack("36x2I", fcntl.ioctl(line.other, TCGETS2, bytes(44)))


# effect: serial serial_baud
@pytest.mark.parametrize("options, speed", [
    ("", 115_200), ("serial_baud 9600\n", 9600)])
def test_a_line_has_its_speed(start, line, options, speed):
    start(options)
    LineNode(line).take()
    assert speeds(line) == (speed, speed)


# effect: serial_max_frame
@pytest.mark.parametrize("options, arrives", [("", True), ("serial_max_frame 64\n", False)])
def test_a_frame_that_is_too_long_is_passed_over(start, line, options, arrives):
    daemon = start(options)
    node = LineNode(line)
    node.connect("m0-1")
    topic = node.register("a")
    reader = PythonClient("reader", daemon.mqtt_port, subscribe=[("a", 1)])
    for payload in (b"x" * 100, b"short"):
        node.send(PUBLISH, octet(0), topic, 0, payload)
    reader.expect(*([("a", b"x" * 100)] if arrives else []), ("a", b"short"))
    reader.close()
