"""MQTT-SN over a serial line, on a pseudo-terminal."""

import random
import re
import time

import pytest

from daemon import eventually
from lines import LineNode, RawLineNode, frame
from nodes import ADVERTISE, PINGREQ, PUBLISH, message

CONFIGURATION = """\
listener 0 127.0.0.1
allow_anonymous true
log_type all
sys_interval 1
serial {path}
serial_baud 115200
serial_framing {framing}
"""


@pytest.fixture
def framing():
    return "hdlc"


@pytest.fixture(autouse=True)
def broker(start_daemon, line, framing):
    return start_daemon(CONFIGURATION.format(path=line.path, framing=framing))


def test_a_reading_travels_over_the_line(line, subscriber):
    reader = subscriber("mosquitto", "-t", "sensors/#", "-q", 1)
    node = LineNode(line)
    node.connect("m0-1")
    node.publish(node.register("sensors/m0-1/temperature"), b"21.5")
    assert reader.next_line() == "sensors/m0-1/temperature 21.5"


def test_a_line_hears_the_gateway_advertise(line):
    advertise = LineNode(line).take()
    assert advertise == message(ADVERTISE, b"\x01", 900)


def test_every_octet_survives_the_line(line, python_client):
    reader = python_client(subscribe=[("a", 1)])
    node = LineNode(line)
    node.connect("m0-1")
    topic = node.register("a")
    for start in (0, 128):
        payload = bytes(range(start, start + 128))
        node.publish(topic, payload, start + 2)
        reader.expect(("a", payload))


def test_a_command_travels_back(broker, line, runner):
    node = LineNode(line)
    node.connect("m0-1")
    node.subscribe("commands/#")
    payload = bytes([0x7E, 0x7D, 0x11, 0x13, 0x00, 0xFF]).hex()
    runner.publish("mosquitto", broker.mqtt_port, "-t", "commands/a", "-m", payload, "-q", 1)
    node.accept_publish(node.accept_registration("commands/a"), payload.encode())


# effect: serial_framing
@pytest.mark.parametrize("framing", ["raw"])
def test_a_line_may_be_raw(line, python_client):
    reader = python_client(subscribe=[("a", 1)])
    node = RawLineNode(line)
    node.connect("m0-1")
    node.publish(node.register("a"), b"x")
    reader.expect(("a", b"x"))


def test_noise_between_frames_loses_none(line, python_client):
    reader = python_client(subscribe=[("a", 1)])
    node = LineNode(line)
    node.connect("m0-1")
    topic = node.register("a")
    noise = random.Random(1)
    for number in range(50):
        line.write(noise.randbytes(noise.randrange(1, 40)))
        node.publish(topic, str(number).encode(), number + 2)
    reader.expect(*[("a", str(number).encode()) for number in range(50)])


def test_noise_inside_frames_loses_only_those(line, python_client):
    reader = python_client(subscribe=[("a", 0)])
    node = LineNode(line)
    node.connect("m0-1")
    topic = node.register("a")
    noise = random.Random(2)
    whole = []
    for number in range(60):
        data = frame(message(PUBLISH, b"\x00", topic, 0, str(number).encode()))
        if number % 3 == 1:
            place = noise.randrange(1, len(data) - 2)
            data = data[:place] + bytes([data[place] ^ 0x01]) + data[place + 1:]
        else:
            whole.append(("a", str(number).encode()))
        line.write(data)
    node.ping()
    reader.expect(*whole)
    assert reader.messages.empty()


def test_half_a_frame_does_not_spoil_the_next(line):
    node = LineNode(line)
    node.connect("m0-1")
    line.write(frame(message(PINGREQ))[:3])
    node.ping()


def test_frames_of_any_length_and_content_are_survived(line):
    node = LineNode(line)
    noise = random.Random(3)
    for length in [0, 1, 2, 3, 254, 255, 256, 2000]:
        line.write(frame(noise.randbytes(length)))
    line.write(b"\x7e" * 50 + b"\x7d\x7e" * 5 + b"\x7d" * 300 + b"\x7e")
    node.connect("m0-1")
    node.ping()


def test_a_line_plugged_in_again_is_back_within_a_second(broker, line):
    LineNode(line).connect("m0-1")
    line.unplug()
    broker.wait_for_log(r"was unplugged")
    # Until the pauses between two tries are as long as they get.
    time.sleep(2)
    line.plug()
    plugged = time.monotonic()
    broker.wait_for_log(r"is open again")
    assert time.monotonic() - plugged < 1


def test_what_happens_on_a_line_is_counted(broker, line, python_client):
    node = LineNode(line)
    node.connect("m0-1")
    damaged = bytearray(frame(message(PINGREQ)))
    damaged[1] ^= 1
    line.write(b"noise" + bytes(damaged) + frame(b"x" * 300) + b"\x7e\x01\x02\x7d")
    node.ping()
    wanted = {
        "state": "open", "received": "2", "sent": "3", "errors": "4", "checksum_errors": "2",
        "overruns": "1", "driver_overruns": "0", "reopened": "0", "undelivered": "0"}
    reader = python_client(subscribe=[("$SYS/broker/gateway/lines/+/+", 0)])
    values = {}
    while not wanted.items() <= values.items():
        told = reader.next_message()
        values[told.topic.rsplit("/", 1)[1]] = told.payload.decode()
    assert int(values["bytes_received"]) > 300 and int(values["bytes_sent"]) > 10
    assert int(values["resyncs"]) >= 1 and int(values["bytes_discarded"]) > 300
    broker.wait_for_log(rf"Errors on serial line {re.escape(str(line.path))}: ")


def test_errors_are_told_once_and_not_each(broker, line):
    node = LineNode(line)
    node.connect("m0-1")
    for _ in range(50):
        line.write(b"\x7e\x01\x02\x03\x7e")
        node.ping()
    line.unplug()
    broker.wait_for_log(r"was unplugged, after 51 frames in and 52 out, 50 errors")
    assert broker.log.count("Errors on serial line") == 1


def test_an_unplugged_line_comes_back(broker, line, python_client):
    reader = python_client(subscribe=[("a", 1)])
    LineNode(line).connect("m0-1")
    changes = re.compile(rf"^(?!.*m0-1).*{re.escape(str(line.path))}.*$", re.MULTILINE)
    before = len(changes.findall(broker.log))
    line.unplug()
    assert eventually(lambda: len(changes.findall(broker.log)) == before + 1), broker.log
    line.plug()
    assert eventually(lambda: len(changes.findall(broker.log)) == before + 2), broker.log
    node = LineNode(line)
    node.connect("m0-1")
    node.publish(node.register("a"), b"x")
    reader.expect(("a", b"x"))
    assert len(changes.findall(broker.log)) == before + 2, broker.log
