"""Truncated, oversized, unknown and random octets on TCP, UDP and serial disturb nobody else."""

import random

import pytest

from attackers import Attacker
from lines import LineNode
from nodes import CONNECT, PUBLISH, REGISTER, SUBSCRIBE, message
from packets import PINGREQ_PACKET, PINGRESP_PACKET, V311

CONNECT_PACKET = bytes.fromhex("10 0d 00 04 4d 51 54 54 04 02 00 3c 00 01 78")
CONNACK_PACKET = bytes.fromhex("20 02 00 00")


@pytest.fixture
def bystander(broker, python_client, udp_node):
    """A subscriber and a node that must notice nothing; calling it shows that they did not."""
    reader = python_client("bystander", subscribe=[("by/#", 1)])
    node = udp_node()
    node.connect("node")
    topic = node.register("by/node")

    def check():
        node.publish(topic, b"well")
        reader.expect(("by/node", b"well"))
        assert not reader.is_disconnected.is_set() and reader.messages.empty()
        assert broker.is_alive

    yield check


FALSE_BEGINNINGS = {
    "not MQTT": b"GET / HTTP/1.1\r\n\r\n",
    "a PUBLISH before CONNECT [MQTT-3.1.0-1]": bytes.fromhex("30 04 00 01 61 78"),
    "a remaining length of five octets": bytes.fromhex("10 ff ff ff ff 01"),
    "a false protocol name [MQTT-3.1.2-1]": bytes.fromhex(
        "10 0d 00 04 4d 51 54 58 04 02 00 3c 00 01 78"),
    "a reserved connect flag [MQTT-3.1.2-3]": bytes.fromhex(
        "10 0d 00 04 4d 51 54 54 04 03 00 3c 00 01 78"),
    "a field longer than its packet": bytes.fromhex(
        "10 0d 00 04 4d 51 54 54 04 02 00 3c ff ff 78"),
}

PROTOCOL_ERRORS = {
    "a second CONNECT [MQTT-3.1.0-2]": CONNECT_PACKET,
    "a CONNACK from a client": CONNACK_PACKET,
    "an unknown packet type": bytes.fromhex("f0 00"),
    "a reserved packet type": bytes.fromhex("00 00"),
    "QoS 3 [MQTT-3.3.1-4]": bytes.fromhex("36 06 00 01 61 00 01 78"),
    "a wildcard in a topic name [MQTT-3.3.2-2]": bytes.fromhex("30 04 00 01 23 78"),
    "an empty topic name [MQTT-4.7.3-1]": bytes.fromhex("30 03 00 00 78"),
    "false UTF-8 [MQTT-1.5.3-1]": bytes.fromhex("30 05 00 02 c0 80 78"),
    "a null character [MQTT-1.5.3-2]": bytes.fromhex("30 04 00 01 00 78"),
    "packet identifier 0 [MQTT-2.3.1-1]": bytes.fromhex("32 06 00 01 61 00 00 78"),
    "a SUBSCRIBE without topics [MQTT-3.8.3-3]": bytes.fromhex("82 02 00 01"),
    "a SUBSCRIBE with false flags [MQTT-3.8.1-1]": bytes.fromhex("80 06 00 01 00 01 61 00"),
    "a subscription with QoS 3 [MQTT-3.8.3-4]": bytes.fromhex("82 06 00 01 00 01 61 03"),
    "a false filter [MQTT-4.7.1-2]": bytes.fromhex("82 08 00 01 00 03 23 2f 61 00"),
    "a PINGREQ with a body": bytes.fromhex("c0 01 00"),
}


@pytest.mark.parametrize("data", FALSE_BEGINNINGS.values(), ids=FALSE_BEGINNINGS.keys())
def test_a_false_beginning_is_closed(broker, bystander, data):
    attacker = Attacker(broker.mqtt_port)
    attacker.send(data)
    attacker.wait_until_closed()
    bystander()


@pytest.mark.parametrize("data", PROTOCOL_ERRORS.values(), ids=PROTOCOL_ERRORS.keys())
def test_a_protocol_error_is_closed(broker, bystander, data):
    attacker = Attacker(broker.mqtt_port, V311)
    attacker.send(data)
    attacker.wait_until_closed()
    bystander()


def test_a_connection_that_breaks_anywhere_in_a_packet_is_forgotten(broker, bystander):
    for length in range(len(CONNECT_PACKET)):
        attacker = Attacker(broker.mqtt_port)
        attacker.send(CONNECT_PACKET[:length])
        attacker.close()
    bystander()


def test_a_packet_may_come_octet_by_octet(broker, bystander):
    attacker = Attacker(broker.mqtt_port)
    for value in CONNECT_PACKET:
        attacker.send(bytes([value]))
    assert attacker.socket.recv(4) == CONNACK_PACKET
    bystander()


def test_an_oversized_packet_is_refused_by_its_announced_length(start_daemon):
    broker = start_daemon(
        "listener 0 127.0.0.1\nallow_anonymous true\nmax_packet_size 1000\nlog_type all\n")
    attacker = Attacker(broker.mqtt_port, V311)
    attacker.send(bytes.fromhex("30 ff ff ff 7f 00 01 61"))
    attacker.wait_until_closed()
    fitting = Attacker(broker.mqtt_port, V311)
    fitting.send(b"\x30\xe5\x07\x00\x01a" + b"x" * 994 + PINGREQ_PACKET)
    assert fitting.socket.recv(2) == PINGRESP_PACKET
    fitting.close()


def test_random_octets_over_tcp(broker, bystander):
    noise = random.Random(4)
    for number in range(100):
        attacker = Attacker(broker.mqtt_port, V311 if number % 2 else None)
        try:
            attacker.send(noise.randbytes(noise.randrange(1, 3000)))
        except ConnectionError:
            pass
        attacker.close()
    bystander()


def test_false_datagrams_over_udp(broker, bystander, udp_node):
    attacker = udp_node()
    whole = [
        message(CONNECT, b"\x04\x01", 60, b"evil"), message(REGISTER, 0, 1, b"a/b"),
        message(PUBLISH, b"\x20", 1, 2, b"x"), message(SUBSCRIBE, b"\x20", 3, b"a/#"),
    ]
    for data in whole:
        for length in range(len(data)):
            attacker.transmit(data[:length])
    for data in [b"\x00", b"\x01", b"\x02\xff", b"\x02\x03", b"\x01\xff\xff\x0c", b"\xff\x0c",
                 message(REGISTER, 0, 1, b"a/+"), message(REGISTER, 0, 1, b"\xc0\x80"),
                 message(CONNECT, b"\x04\x02", 60, b"evil"), message(CONNECT, b"\x04\x01", 60)]:
        attacker.transmit(data)
    bystander()


def test_random_datagrams_over_udp(broker, bystander, udp_node):
    attacker = udp_node()
    noise = random.Random(5)
    for _ in range(300):
        data = bytearray(noise.randbytes(noise.randrange(1, 80)))
        if noise.random() < 0.7:
            data[0] = len(data)
            if len(data) > 1:
                data[1] = noise.randrange(0x20)
        attacker.transmit(bytes(data))
    bystander()


def test_random_octets_over_a_serial_line(start_daemon, line, runner):
    broker = start_daemon(
        f"listener 0 127.0.0.1\nallow_anonymous true\nlog_type all\nserial {line.path}\n")
    noise = random.Random(6)
    for _ in range(100):
        line.write(noise.randbytes(noise.randrange(1, 300)))
    node = LineNode(line)
    line.write(b"\x7e")
    node.connect("m0-1")
    node.publish(node.register("a"), b"x", flags=0x30)
    result = runner.run("mosquitto", "sub", "-p", broker.mqtt_port, "-t", "a", "-C", 1, "-W", 20)
    assert result.stdout == b"x\n"


def test_a_closed_connection_is_logged_once_with_its_address(broker):
    attacker = Attacker(broker.mqtt_port, V311)
    port = attacker.socket.getsockname()[1]
    attacker.send(bytes.fromhex("f0 00"))
    attacker.wait_until_closed()
    reasons = rf"(?m)^(?!.*New c).*127\.0\.0\.1:{port}.*$"
    assert len(broker.wait_for_log(reasons)) == 1, broker.log
