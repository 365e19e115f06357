"""MQTT-SN 1.2 nodes made of hand-written octets, over UDP or a serial line."""

import socket
import struct

from daemon import PATIENCE

CONNECT, CONNACK, REGISTER, REGACK, PUBLISH, PUBACK = 0x04, 0x05, 0x0A, 0x0B, 0x0C, 0x0D
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK = 0x12, 0x13, 0x14, 0x15
PINGREQ, PINGRESP, DISCONNECT = 0x16, 0x17, 0x18
ADVERTISE, SEARCHGW, GWINFO = 0x00, 0x01, 0x02
WILLTOPICREQ, WILLTOPIC, WILLMSGREQ, WILLMSG = 0x06, 0x07, 0x08, 0x09

DUP, QOS1, QOS_MINUS_ONE, RETAIN, WILL, CLEAN = 0x80, 0x20, 0x60, 0x10, 0x08, 0x04
NORMAL, PREDEFINED, SHORT = 0x00, 0x01, 0x02


def message(kind, *parts):
    """A message: integers are 16 bits, octets are `bytes`."""
    body = b"".join(part if isinstance(part, bytes) else struct.pack(">H", part) for part in parts)
    if len(body) + 2 < 256:
        return bytes([len(body) + 2, kind]) + body
    return b"\x01" + struct.pack(">HB", len(body) + 4, kind) + body


def octet(value):
    return bytes([value])


class Node:
    """The sides of the conversations, whatever carries them."""

    def transmit(self, data):
        """Sends one message."""
        raise NotImplementedError

    def take(self):
        """The next message."""
        raise NotImplementedError

    def receive(self):
        """The next message that is for this node: a gateway advertises when it likes."""
        while (data := self.take())[1] == ADVERTISE:
            pass
        return data

    def send(self, kind, *parts):
        self.transmit(message(kind, *parts))

    def expect(self, kind, *parts):
        """The next message is exactly this."""
        assert self.receive().hex(" ") == message(kind, *parts).hex(" ")

    def connect(self, client_id, flags=CLEAN, duration=60):
        self.send(CONNECT, octet(flags), b"\x01", duration, client_id.encode())
        self.expect(CONNACK, b"\x00")

    def register(self, name, message_id=1):
        """Registers a topic; its id."""
        self.send(REGISTER, 0, message_id, name.encode())
        answer = self.receive()
        topic_id = struct.unpack(">H", answer[2:4])[0]
        assert answer == message(REGACK, topic_id, message_id, b"\x00") and topic_id not in (
            0, 0xFFFF)
        return topic_id

    def publish(self, topic_id, payload, message_id=2, flags=QOS1):
        """Publishes with QoS 1 and waits for the acknowledgement."""
        self.send(PUBLISH, octet(flags), topic_id, message_id, payload)
        self.expect(PUBACK, topic_id, message_id, b"\x00")

    def subscribe(self, name, message_id=3, flags=QOS1):
        """Subscribes; the topic id of the SUBACK."""
        self.send(SUBSCRIBE, octet(flags), message_id, name.encode())
        answer = self.receive()
        topic_id = struct.unpack(">H", answer[3:5])[0]
        assert answer[2] & 0x60 == flags & 0x60
        assert answer[:2] == b"\x08\x13" and answer[5:] == struct.pack(">HB", message_id, 0)
        return topic_id

    def accept_registration(self, name):
        """Takes the gateway's REGISTER of `name` and acknowledges it; the topic id."""
        answer = self.receive()
        assert answer[1] == REGISTER and answer[6:] == name.encode(), answer.hex(" ")
        topic_id, message_id = struct.unpack(">HH", answer[2:6])
        self.send(REGACK, topic_id, message_id, b"\x00")
        return topic_id

    def accept_publish(self, topic_id, payload):
        """Takes a PUBLISH on `topic_id`, acknowledges QoS 1; its flags."""
        answer = self.receive()
        assert answer[1] == PUBLISH and answer[7:] == payload, answer.hex(" ")
        flags = answer[2]
        topic, message_id = struct.unpack(">HH", answer[3:7])
        assert topic == topic_id
        if flags & 0x60 == QOS1:
            self.send(PUBACK, topic, message_id, b"\x00")
        return flags

    def ping(self):
        self.send(PINGREQ)
        self.expect(PINGRESP)


class UDPNode(Node):
    """A node with a UDP socket of its own."""

    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))

    def transmit(self, data):
        self.socket.send(data)

    def take(self):
        return self.socket.recv(65536)

    def close(self):
        self.socket.close()
