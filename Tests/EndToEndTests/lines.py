"""A serial line over a pseudo-terminal, and the frames on it."""

import os
import pty
import select
import threading
import tty

from daemon import PATIENCE
from nodes import Node


def crc16(data):
    """CRC-16/X-25."""
    crc = 0xFFFF
    for value in data:
        crc ^= value
        for _ in range(8):
            crc = (crc >> 1) ^ 0x8408 if crc & 1 else crc >> 1
    return crc ^ 0xFFFF


assert crc16(b"123456789") == 0x906E


def frame(body):
    """An hdlc frame: flag, escaped body and check sequence, flag."""
    escaped = bytearray()
    for value in body + crc16(body).to_bytes(2, "little"):
        if value in (0x7E, 0x7D, 0x11, 0x13):
            escaped += bytes([0x7D, value ^ 0x20])
        else:
            escaped.append(value)
    return b"\x7e" + bytes(escaped) + b"\x7e"


def unframe(text):
    """The body of what stood between two flags; None where the check sequence is wrong."""
    data, is_escaped = bytearray(), False
    for value in text:
        if value == 0x7D:
            is_escaped = True
        else:
            data.append(value ^ 0x20 if is_escaped else value)
            is_escaped = False
    if len(data) < 3 or crc16(data[:-2]) != int.from_bytes(data[-2:], "little"):
        return None
    return bytes(data[:-2])


class PseudoLine:
    """A pseudo-terminal behind a stable path. `unplug` and `plug` do as their names say."""

    def __init__(self, path):
        self.path = path
        self.end = None
        self.plug()

    def plug(self):
        self.end, other = pty.openpty()
        tty.setraw(other)
        self.path.symlink_to(os.ttyname(other))
        self.other = other

    def unplug(self):
        self.path.unlink()
        self.close()

    def close(self):
        if self.end is not None:
            os.close(self.other)
            os.close(self.end)
            self.end = None

    def write(self, data):
        while data:
            data = data[os.write(self.end, data):]

    def read(self):
        """Some octets from the daemon."""
        ready, _, _ = select.select([self.end], [], [], PATIENCE)
        assert ready, "nothing came over the line"
        return os.read(self.end, 4096)


class LineNode(Node):
    """A node on a line of its own with hdlc frames."""

    def __init__(self, line):
        self.line = line
        self.pending = b""

    def transmit(self, data):
        self.line.write(frame(data))

    def take(self):
        while True:
            text, flag, rest = self.pending.partition(b"\x7e")
            if not flag:
                self.pending += self.line.read()
                continue
            self.pending = rest
            if text:
                body = unframe(text)
                assert body is not None, f"a damaged frame: {text.hex(' ')}"
                return body


class RawLineNode(Node):
    """A node on a line without frames: MQTT-SN's own length octet."""

    def __init__(self, line):
        self.line = line
        self.pending = b""

    def transmit(self, data):
        self.line.write(data)

    def take(self):
        while not self.pending or len(self.pending) < self.pending[0]:
            self.pending += self.line.read()
        length = self.pending[0]
        body, self.pending = self.pending[:length], self.pending[length:]
        return body


class JoinedLine:
    """A line with a path at both ends, for a daemon and a program: two pseudo-terminals, and a
    thread that carries octets from each to the other."""

    def __init__(self, folder):
        self.daemon = PseudoLine(folder / "daemon")
        self.node = PseudoLine(folder / "node")
        self.stop, stopped = os.pipe()
        self.thread = threading.Thread(target=self._carry, args=(stopped,))
        self.thread.start()

    def _carry(self, stopped):
        others = {self.daemon.end: self.node.end, self.node.end: self.daemon.end}
        while True:
            ready, _, _ = select.select([*others, stopped], [], [])
            if stopped in ready:
                os.close(stopped)
                return
            for end in ready:
                os.write(others[end], os.read(end, 4096))

    def close(self):
        os.close(self.stop)
        self.thread.join()
        self.daemon.close()
        self.node.close()


def api_frame(data, mode=2):
    """A Digi API frame: 7E, length, data, FF minus their sum; in mode 2 with escapes."""
    inside = len(data).to_bytes(2, "big") + data + bytes([0xFF - sum(data) & 0xFF])
    if mode == 2:
        inside = b"".join(
            bytes([0x7D, value ^ 0x20]) if value in (0x7E, 0x7D, 0x11, 0x13) else bytes([value])
            for value in inside)
    return b"\x7e" + inside


class XBeeLine:
    """A gateway's own radio, in front of many nodes on one line: gives each its messages."""

    def __init__(self, line, mode=2):
        self.line, self.mode = line, mode
        self.pending = b""
        self.inboxes = {}
        self.everybody = []
        self.answers = True

    def _next_request(self):
        """The data of the next transmit request."""
        while True:
            data = self._cut()
            if data is not None:
                assert data[0] == 0x10 and data[12:14] == b"\x00\x00", data.hex(" ")
                return data
            self.pending += self.line.read()

    def _cut(self):
        assert self.pending[:1] in (b"", b"\x7e"), self.pending.hex(" ")
        plain, used = bytearray(), 1
        escaped = iter(self.pending[1:])
        for value in escaped:
            used += 1
            if value == 0x7D and self.mode == 2:
                value = next(escaped, None)
                if value is None:
                    return None
                used += 1
                value ^= 0x20
            plain.append(value)
            if len(plain) >= 2 and len(plain) == int.from_bytes(plain[:2], "big") + 3:
                assert sum(plain[2:]) & 0xFF == 0xFF, plain.hex(" ")
                self.pending = self.pending[used:]
                return bytes(plain[2:-1])
        return None

    def take(self, address):
        """The next message for the node at a 10-octet address."""
        inbox = self.inboxes.setdefault(address, [])
        while not inbox:
            data = self._next_request()
            if self.answers and data[1] != 0:
                self.line.write(
                    api_frame(bytes([0x8B, data[1]]) + data[10:12] + b"\x00\x00\x00", self.mode))
            station, body = data[2:12], data[14:]
            if station == b"\x00\x00\x00\x00\x00\x00\xff\xff\xff\xfe":
                self.everybody.append(body)
            else:
                self.inboxes.setdefault(station, []).append(body)
        return inbox.pop(0)


class XBeeNode(Node):
    """A node behind a radio of its own."""

    def __init__(self, radios, address):
        self.radios = radios
        self.address = address

    def transmit(self, data):
        self.radios.line.write(
            api_frame(b"\x90" + self.address + b"\x01" + data, self.radios.mode))

    def take(self):
        return self.radios.take(self.address)
