"""What a client sends in one version of MQTT, and a connection that sends and awaits it."""

import socket
import struct

from daemon import PATIENCE
from packets import DISCONNECT_PACKET, PINGREQ_PACKET, PINGRESP_PACKET, connect, packet, text
from packets import properties_of


class Packets:
    """What a client sends in one version of MQTT; `properties` count in 5.0 only."""

    def __init__(self, version):
        self.version = version

    def properties(self, octets):
        return properties_of(self.version, octets)

    def connect(self, client, clean=True, keepalive=0, properties=b""):
        return connect(self.version, client, 2 if clean else 0, keepalive, properties)

    def publish(self, topic, payload=b"x", qos=0, number=1, retain=False, properties=b""):
        identifier = struct.pack(">H", number) if qos else b""
        return packet(
            0x30 | qos << 1 | retain, text(topic), identifier, self.properties(properties), payload)

    def subscribe(self, *filters, number=1):
        return packet(
            0x82, struct.pack(">H", number), self.properties(b""),
            *(text(name) + bytes([qos]) for name, qos in filters))

    def suback(self, *codes, number=1):
        return packet(0x90, struct.pack(">H", number), self.properties(b""), bytes(codes))


def puback(number=1, reason=None):
    return packet(0x40, struct.pack(">H", number), b"" if reason is None else bytes([reason]))


def pubrec(number=1, reason=None):
    return packet(0x50, struct.pack(">H", number), b"" if reason is None else bytes([reason]))


def disconnected(reason):
    """The DISCONNECT of 5.0 that a broker sends."""
    return packet(0xE0, bytes([reason]))


def refused(code):
    """The CONNACK before 5.0 that refuses a client."""
    return packet(0x20, bytes([0, code]))


PING, PONG, DISCONNECT = PINGREQ_PACKET, PINGRESP_PACKET, DISCONNECT_PACKET


class Peer:
    """A connection, octet by octet."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)

    def send(self, octets):
        self.socket.sendall(octets)

    def receive(self, count):
        """That many octets, or fewer when the broker closes before."""
        octets = b""
        while len(octets) < count and (more := self._receive(count - len(octets))):
            octets += more
        return octets

    def _receive(self, count):
        try:
            return self.socket.recv(count)
        except ConnectionError:
            return b""

    def expect(self, octets):
        arrived = self.receive(len(octets))
        assert arrived == octets, f"{arrived.hex(' ')} instead of {octets.hex(' ')}"

    def connack(self):
        """The body of a CONNACK that accepts."""
        first, size = self.receive(2)
        body = self.receive(size)
        assert first == 0x20 and body[1] == 0, body.hex(" ")
        return body

    def expect_end(self):
        assert self._receive(1) == b"", "the broker did not close"

    def close(self):
        self.socket.close()
