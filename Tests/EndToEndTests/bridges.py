"""Remote brokers that are played by hand, and the lines of a configuration that make a bridge."""

import getpass
import os
import queue
import shutil
import socket
import struct
from dataclasses import dataclass, field

from attackers import Attacker
from brokers import MosquittoBroker, configuration, free_port
from daemon import PATIENCE, Daemon, eventually
from packets import CONNACK, PUBLISH, SUBACK, UNSUBACK, packet
from pythonclients import PythonClient

SUBSCRIBE, UNSUBSCRIBE, PUBACK = 0x82, 0xA2, 0x40
LOCAL = "listener 0 127.0.0.1\nallow_anonymous true\nlog_type all\n"


def bridge(port, *rows, name="br", wait="restart_timeout 1"):
    """A bridge to a port of this machine, quick to come back; without `topic` it sends "t" out."""
    rows = [f"address 127.0.0.1:{port}", wait, *rows]
    if not any(row.startswith("topic") for row in rows):
        rows.append("topic t out 1")
    return "\n".join([f"connection {name}", *rows, ""])


@dataclass
class Call:
    """A CONNECT."""

    level: int
    flags: int
    keepalive: int
    client_id: str
    properties: bytes = b""
    will: tuple = None
    user_name: str = None
    password: str = None
    rest: bytes = field(default=b"", repr=False)

    @classmethod
    def read(cls, body):
        size = struct.unpack(">H", body[:2])[0]
        level, flags, keepalive = struct.unpack(">BBH", body[2 + size:6 + size])
        call = cls(level, flags, keepalive, "", rest=body[6 + size:])
        if level == 5:
            call.properties = call._take(call._octet())
        call.client_id = call._text()
        if flags & 4:
            if level == 5:
                call._take(call._octet())
            call.will = (call._text(), call._text())
        call.user_name = call._text() if flags & 128 else None
        call.password = call._text() if flags & 64 else None
        return call

    def _octet(self):
        return self._take(1)[0]

    def _take(self, count):
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def _text(self):
        return self._take(struct.unpack(">H", self._take(2))[0]).decode()


class RemoteSide(Attacker):
    """The remote broker's side of a bridge's connection."""

    def __init__(self, accepted, peer):  # pylint: disable=super-init-not-called
        self.socket = accepted
        self.socket.settimeout(PATIENCE)
        self.peer = peer
        self._received = b""
        self.call = None

    def take_call(self):
        self.call = Call.read(self.expect(0x10))
        return self.call

    def accept(self, properties=b"", is_present=False):
        """Accepts the bridge, and grants what it asks for; the requests that came."""
        answer = bytes([is_present, 0])
        if self.call.level == 5:
            answer += bytes([len(properties)]) + properties
        self.send(packet(CONNACK, answer))
        return self

    def grant(self, count=1):
        """Answers so many requests; gives (first octet, body) of each."""
        requests = []
        while len(requests) < count:
            request = self.next_packet()
            assert request, "the bridge has closed"
            if self._is_answered(*request):
                requests.append(request)
        return requests

    def _is_answered(self, first, body):
        """Whether a packet was a request, which is answered then."""
        if first not in (SUBSCRIBE, UNSUBSCRIBE):
            return False
        is_new = self.call.level == 5
        codes = bytes(self._count_filters(body[2 + is_new:], first == SUBSCRIBE))
        properties = b"\0" if is_new else b""
        if first == SUBSCRIBE:
            self.send(packet(SUBACK, body[:2], properties, codes))
        else:
            self.send(packet(UNSUBACK, body[:2], properties, codes if is_new else b""))
        return True

    @staticmethod
    def _count_filters(payload, have_options):
        count = 0
        while payload:
            payload = payload[2 + struct.unpack(">H", payload[:2])[0] + have_options:]
            count += 1
        return count

    def expect_answer(self):
        """The next packet that answers a message."""
        while True:
            arrived = self.next_packet()
            assert arrived, "the bridge has closed"
            if not self._is_answered(*arrived) and arrived[0] & 0xF0 != PUBLISH:
                return arrived

    def next_publish(self, acknowledges=True):
        """Topic, payload, QoS and RETAIN of the next PUBLISH; requests before it are answered."""
        while True:
            arrived = self.next_packet()
            assert arrived, "the bridge has closed"
            first, body = arrived
            self._is_answered(first, body)
            if first & 0xF0 == PUBLISH:
                return self._read(first, body, acknowledges)

    def _read(self, first, body, acknowledges):
        size = struct.unpack(">H", body[:2])[0]
        topic, rest = body[2:2 + size].decode(), body[2 + size:]
        qos = first >> 1 & 3
        if qos:
            identifier, rest = rest[:2], rest[2:]
            if acknowledges:
                self.send(packet(PUBACK, identifier))
        if self.call.level == 5:
            rest = rest[1 + rest[0]:]
        return topic, rest.decode(), qos, first & 1 == 1


def messages(side, count):
    """The next messages that are no notifications."""
    seen = []
    while len(seen) < count:
        message = side.next_publish()
        if not message[0].startswith("$SYS"):
            seen.append(message)
    return seen


class Remote:
    """A port that bridges call; it stays free between one that closes and the next."""

    def __init__(self, context=None, port=0):
        self._listener = socket.create_server(("127.0.0.1", port or free_port()))
        self._listener.settimeout(PATIENCE)
        self._context = context
        self.port = self._listener.getsockname()[1]
        self.sides = []

    def answer(self):
        """The next connection, with nothing read of it."""
        accepted, peer = self._listener.accept()
        accepted.settimeout(PATIENCE)
        if self._context:
            accepted = self._context.wrap_socket(accepted, server_side=True)
        self.sides.append(RemoteSide(accepted, peer))
        return self.sides[-1]

    def take_call(self):
        """The next CONNECT."""
        return self.answer().take_call()

    def accept(self, properties=b"", is_present=False):
        """The next connection, accepted."""
        side = self.answer()
        side.take_call()
        return side.accept(properties, is_present)

    def close(self):
        for side in self.sides:
            side.close()
        self._listener.close()


def wait_until_carried(source, target, topic="probe", remote_topic=None):
    """Waits until a message that is published at one port comes out at another."""
    reader = PythonClient("", target, subscribe=[(remote_topic or topic, 0)])
    writer = PythonClient("", source)

    def probe():
        writer.publish(topic, "probe")
        try:
            return reader.messages.get(timeout=0.1)
        except queue.Empty:
            return None

    carried = eventually(probe)
    writer.close()
    reader.close()
    assert carried, f"nothing goes from {source} to {target}"


class Brokers:
    """Martlets and Mosquittos, by name."""

    def __init__(self, start_daemon, folder):
        self._start_daemon = start_daemon
        self._folder = folder
        self._mosquittos = []

    def start(self, kind, *rows, port=0):
        """A broker; its `mqtt_port` is where it is."""
        if kind == "martlet":
            rows = ["allow_anonymous true", *rows]
            return self._start_daemon(
                "\n".join([f"listener {port} 127.0.0.1", "log_type all", *rows, ""]))
        path = self._folder / f"mosquitto-{len(self._mosquittos)}.conf"
        broker = Mosquitto(path, f"user {getpass.getuser()}", "log_type all", *rows, port=port)
        self._mosquittos.append(broker)
        return broker

    def finish(self):
        for broker in self._mosquittos:
            broker.finish()


class Mosquitto(MosquittoBroker):
    """Mosquitto at a port of our choice, where there is one."""

    def __init__(self, path, *options, port=0):  # pylint: disable=super-init-not-called
        if not port:
            super().__init__(path, *options)
            return
        self.port = port
        path.write_text(configuration(port, options), encoding="utf-8")
        program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
        Daemon.__init__(self, [program, "-c", str(path)], path.with_suffix(".log"))
        self.wait_for_log(r"mosquitto version \S+ running")

    @property
    def mqtt_port(self):
        return self.port
