"""A WebSocket client, octet by octet, for what no library would send."""

import socket
import struct

from daemon import PATIENCE
from packets import CONNACK

KEY, ACCEPT = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
MASK = b"\x11\x22\x33\x44"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
FIELDS = {
    "Host": "localhost", "Upgrade": "websocket", "Connection": "Upgrade",
    "Sec-WebSocket-Key": KEY, "Sec-WebSocket-Version": "13", "Sec-WebSocket-Protocol": "mqtt",
}


def request(path="/mqtt", **fields):
    """A handshake; `fields` are other headers, by their names with _ for -, None for without."""
    given = FIELDS | {name.replace("_", "-"): value for name, value in fields.items()}
    lines = [f"{name}: {value}" for name, value in given.items() if value is not None]
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode()


def frame(kind, content=b"", final=True, masked=True, reserved=0):
    size = len(content)
    first = bytes([kind | (0x80 if final else 0) | reserved])
    bit = 0x80 if masked else 0
    if size < 126:
        head = first + bytes([bit | size])
    elif size < 65536:
        head = first + bytes([bit | 126]) + struct.pack(">H", size)
    else:
        head = first + bytes([bit | 127]) + struct.pack(">Q", size)
    if not masked:
        return head + content
    return head + MASK + bytes(octet ^ MASK[index & 3] for index, octet in enumerate(content))


class WebSocket:
    """A connection to a WebSocket listener; greeted unless told otherwise."""

    def __init__(self, port, greeted=True, **fields):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        if greeted:
            self.send(request(**fields))
            head = self.head()
            assert head.startswith("HTTP/1.1 101 ") and ACCEPT in head, head

    def send(self, octets):
        self.socket.sendall(octets)

    def try_to_send(self, octets):
        """Sends until the broker has had enough."""
        try:
            self.socket.sendall(octets)
        except ConnectionError:
            pass

    def mqtt(self, packet):
        """Sends octets of MQTT in one frame."""
        self.send(frame(BINARY, packet))

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            data = b""
        self._received += data
        return bool(data)

    def _take(self, count):
        while len(self._received) < count:
            if not self._more():
                return None
        taken, self._received = self._received[:count], self._received[count:]
        return taken

    def head(self):
        """The head of an HTTP answer."""
        while b"\r\n\r\n" not in self._received:
            if not self._more():
                return self._received.decode()
        head, self._received = self._received.split(b"\r\n\r\n", 1)
        return head.decode()

    def next_frame(self):
        """Kind and content of the next frame; None when the broker has closed."""
        head = self._take(2)
        if head is None:
            return None
        assert head[0] & 0x80 and not head[1] & 0x80, head
        size = head[1]
        if size > 125:
            width = 2 if size == 126 else 8
            size = int.from_bytes(self._take(width), "big")
        return head[0] & 15, self._take(size) if size else b""

    def expect(self, octets):
        """The octets of MQTT in the next frames."""
        arrived = b""
        while len(arrived) < len(octets):
            found = self.next_frame()
            assert found and found[0] == BINARY, found
            arrived += found[1]
        assert arrived == octets, arrived

    def connack(self):
        kind, content = self.next_frame()
        assert kind == BINARY and content[0] == CONNACK and content[3] == 0, content

    def expect_close(self, code):
        """A Close frame with that code, and the end."""
        found = self.next_frame()
        assert found == (CLOSE, struct.pack(">H", code)), found
        self.expect_end()

    def expect_end(self):
        assert self.next_frame() is None, "the broker did not close"

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
