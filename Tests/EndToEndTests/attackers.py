"""Raw connections that send what they like, and a watch on what the daemon has left of it."""

import socket
from pathlib import Path

from daemon import PATIENCE
from packets import CONNACK, connect
from pythonclients import PythonClient, paho


class Attacker:
    """A connection; with a `version`, one that the broker has accepted."""

    def __init__(self, port, version=None, **options):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self.session_present = None
        if version:
            self.send(connect(version, **options))
            first, body = self.next_packet()
            assert first == CONNACK and body[1] == 0, (first, body)
            self.session_present = body[0] == 1

    def send(self, data):
        self.socket.sendall(data)

    def try_to_send(self, data):
        """Sends until the broker has had enough."""
        try:
            self.socket.sendall(data)
        except ConnectionError:
            pass

    def next_packet(self):
        """The next packet's first octet and body; None when the broker has closed."""
        while (whole := self._split()) is None:
            try:
                data = self.socket.recv(65536)
            except ConnectionError:
                data = b""
            if not data:
                return None
            self._received += data
        return whole

    def _split(self):
        size, shift = 0, 0
        for index, octet in enumerate(self._received[1:5], 2):
            size |= (octet & 127) << shift
            shift += 7
            if octet < 128:
                if len(self._received) < index + size:
                    return None
                first, body = self._received[0], self._received[index:index + size]
                self._received = self._received[index + size:]
                return first, body
        return None

    def expect(self, first):
        """The body of the next packet, which must begin with `first`."""
        packet = self.next_packet()
        assert packet and packet[0] == first, packet
        return packet[1]

    def wait_until_closed(self):
        """The packets that came until the broker closed; times out when it does not."""
        packets = []
        while packet := self.next_packet():
            packets.append(packet)
        return packets

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def resident_octets(process):
    """The memory of its own that a process holds."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    row = next(line for line in status.splitlines() if line.startswith("RssAnon:"))
    return int(row.split()[1]) * 1024


class Watch:
    """A subscriber to everything that must notice nothing of an attack."""

    def __init__(self, broker):
        self._broker = broker
        self._reader = PythonClient(
            "watch", broker.mqtt_port, version=paho.MQTTv5, subscribe=[("watch/#", 1)])
        self._serve()
        self._before = resident_octets(broker.process)

    def _serve(self):
        writer = PythonClient("", self._broker.mqtt_port)
        writer.publish("watch/a", "well", 1)
        writer.close()
        self._reader.expect(("watch/a", b"well"))

    def check(self, growth=1_000_000):
        """Insists that others are served, and that the daemon grew by less than that."""
        assert self._broker.is_alive, self._broker.log
        self._serve()
        assert not self._reader.is_disconnected.is_set() and self._reader.messages.empty()
        grown = resident_octets(self._broker.process) - self._before
        assert grown < growth, f"grown by {grown} octets"

    def close(self):
        self._reader.close()
