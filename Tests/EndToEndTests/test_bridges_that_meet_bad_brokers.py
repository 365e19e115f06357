"""Remote brokers that send what no broker sends: the daemon must not notice."""

import pytest

from bridges import bridge
from daemon import PATIENCE
from packets import connect, number, packet, publish
from pythonclients import PythonClient

ROWS = bridge(0, "topic in/# in 2", "topic # in 1 \"\" r/", "topic out out 1").splitlines()
CONNACK = packet(0x20, b"\0\0")
BAD = {
    "SUBACK without codes": packet(0x90, number(65535)),
    "SUBACK of too many codes": packet(0x90, number(65535), b"\0" * 9),
    "SUBACK of a request that was not": packet(0x90, number(1), b"\0"),
    "a second CONNACK": CONNACK,
    "CONNECT": connect(4, "x"),
    "a giant length": b"\x3f\xff\xff\xff\x7f",
    "a length without an end": b"\x30\xff\xff\xff\xff\xff",
    "a topic that is no text": publish(4, b"\xff\xfe", b"x"),
    "a topic with a wildcard": publish(4, "a/#", b"x"),
    "an empty topic": publish(4, "", b"x"),
    "packet type 0": b"\0\0",
    "QoS 3": b"\x36\x05\0\1a\0\1",
}


@pytest.fixture
def broker(start_daemon, remote):
    rows = [row.replace("127.0.0.1:0", f"127.0.0.1:{remote.port}") for row in ROWS]
    return start_daemon("\n".join(
        ["listener 0 127.0.0.1", "allow_anonymous true", "log_type all", *rows, ""]))


@pytest.mark.parametrize("octets", BAD.values(), ids=BAD.keys())
def test_the_connection_ends_and_comes_again(broker, remote, unharmed, octets):
    side = remote.accept()
    side.send(octets)
    assert side.wait_until_closed() is not None
    place = rf"Bridge br \(127.0.0.1:{remote.port}\) disconnected: \S+"
    broker.wait_for_log(place)
    assert remote.take_call().level == 0x84
    unharmed()


@pytest.mark.parametrize("topic", [
    "$CONTROL/broker/v1", "r/$CONTROL/x", "elsewhere", "$SYS/broker/uptime"])
def test_what_may_not_come_in_is_answered_and_dropped(broker, remote, unharmed, topic):
    side = remote.accept()
    side.grant()
    side.send(publish(4, topic, b"x", 1, 7) + publish(4, topic, b"x", 2, 8))
    answers = [side.expect_answer() for _ in range(2)]
    assert answers == [(0x40, number(7)), (0x50, number(8))]
    side.send(packet(0x62, number(8)) + publish(4, "in/a", b"good", 1, 9))
    assert [side.expect_answer() for _ in range(2)] == [(0x70, number(8)), (0x40, number(9))]
    unharmed()


def test_a_burst_for_many_subscribers_arrives_whole(broker, remote):
    readers = [PythonClient("", broker.mqtt_port, subscribe=[("in/#", 0)]) for _ in range(10)]
    side = remote.accept()
    side.grant()
    side.send(publish(4, "in/a", b"") * 9_000 + publish(4, "in/last", b""))
    for reader in readers:
        topics = [reader.messages.get(timeout=PATIENCE).topic for _ in range(9_001)]
        assert topics == ["in/a"] * 9_000 + ["in/last"]
        reader.close()


def test_a_flood_of_messages_that_are_not_shared_fills_no_log(broker, remote, unharmed):
    side = remote.accept()
    side.grant()
    side.send(publish(4, "elsewhere", b"x") * 10_000 + publish(4, "in/a", b"x", 1, 9))
    assert side.expect_answer() == (0x40, number(9))
    assert broker.log.count("was dropped") == 1
    unharmed()


def test_a_remote_broker_that_never_releases_is_closed(broker, remote, unharmed):
    side = remote.accept()
    side.grant()
    side.try_to_send(b"".join(publish(4, "in/a", b"x", 2, index) for index in range(1, 1100)))
    broker.wait_for_log(r"Bridge br \(.*\) was closed here: receiveMaximumExceeded")
    unharmed()


def test_octets_one_by_one_are_a_message(broker, remote, python_client):
    reader = python_client(subscribe=[("in/#", 1)])
    side = remote.accept()
    side.grant()
    for octet in publish(4, "in/slow", b"patience", 1, 3):
        side.send(bytes([octet]))
    assert side.expect_answer() == (0x40, number(3))
    reader.expect(("in/slow", b"patience"))
