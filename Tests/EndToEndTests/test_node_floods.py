"""Floods of MQTT-SN from thousands of ports disturb nobody, and leave little behind."""

import socket

import pytest

from nodes import (
    CLEAN, CONNECT, GWINFO, NORMAL, PREDEFINED, PUBACK, PUBLISH, QOS1, REGISTER, SEARCHGW,
    SUBSCRIBE, WILL, WILLTOPIC, message, octet,
)

PORTS = 3000


def connect(number, flags=CLEAN):
    return message(CONNECT, octet(flags), b"\x01", 60, b"flood-%d" % number)


FLOODS = {
    "connect": lambda number: [connect(number)],
    "register": lambda number: [
        connect(number), *(message(REGISTER, 0, k, b"name/%d/%d" % (number, k)) for k in (1, 2))],
    "search": lambda number: 5 * [message(SEARCHGW, b"\x00")],
    "half-open": lambda number: [
        connect(number, CLEAN | WILL), message(WILLTOPIC, b"\x00", b"w" * 200)],
    "strangers": lambda number: [
        message(REGISTER, 0, 1, b"name"), message(SUBSCRIBE, b"\x00", 1, b"#"),
        message(PUBLISH, octet(QOS1 | NORMAL), 1, 1, b"x"), message(PUBACK, 1, 1, b"\x00"),
        message(PUBLISH, octet(QOS1 | PREDEFINED), 1, 1, b"x" * 1400)],
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_from_thousands_of_ports(broker, udp_node, unharmed, name):
    node = udp_node()
    node.connect("bystander")
    topic = node.register("readings")
    for number in range(PORTS):
        # Another host of this machine each time: no port is like one before.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind((f"127.0.{1 + number // 250}.{1 + number % 250}", 0))
            for data in FLOODS[name](number):
                stranger.sendto(data, ("127.0.0.1", broker.sn_port))
        if number % 20 == 0:
            # What is ahead of the bystander in the socket has been served when it is answered.
            node.send(SEARCHGW, b"\x00")
            node.expect(GWINFO, b"\x01")
    node.publish(topic, b"still here")
    node.ping()
    unharmed(growth=6_000_000)
