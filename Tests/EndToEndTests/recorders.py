"""A broker that answers what it must, and keeps what comes."""

from packets import length, number, packet, text
from proxies import Server, read

CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, DISCONNECT = 0x10, 0x30, 0x80, 0xA0, 0xE0


class Recorder(Server):
    """Keeps the last packet of each kind in `packets`, whole, and in `octets` all that has come.
    `waits`: for the end of a subscription before it answers another one."""

    waits = False
    _suback = None
    _has_properties = False

    def __init__(self):
        self.packets, self.octets = {}, b""
        super().__init__()

    def serve(self, peer):
        while True:
            first, size = read(peer, 2)
            assert size < 128
            body = read(peer, size)
            kind = first & 0xF0
            self.packets[kind] = bytes([first, size]) + body
            self.octets += self.packets[kind]
            self._answer(peer, kind, first, body)

    def _answer(self, peer, kind, first, body):
        if kind == CONNECT:
            self._has_properties = body[6] == 5
            peer.sendall(packet(0x20, b"\0\0", self._properties(body)))
        if kind == PUBLISH and first & 6:
            peer.sendall(packet(0x40 if first & 6 == 2 else 0x50, body[3:5]))
        if kind == PUBLISH and SUBSCRIBE in self.packets:
            # What rr waits for.
            peer.sendall(packet(PUBLISH, text("b"), b"\0" if self._has_properties else b"", b"x"))
        if kind == 0x60:
            peer.sendall(packet(0x70, body[:2]))
        if kind == UNSUBSCRIBE:
            peer.sendall(packet(0xB0, body[:2], b"\0\0" if self._has_properties else b""))
        if kind == SUBSCRIBE:
            self._suback = packet(0x90, body[:2], b"\0\0" if self._has_properties else b"\0")
        # What sub waits for comes last, where it ends a subscription, too.
        if kind in (SUBSCRIBE, UNSUBSCRIBE) and self._suback and (
                UNSUBSCRIBE in self.packets or not self.waits):
            peer.sendall(self._suback)

    def _properties(self, body):
        if not self._has_properties:
            return b""
        # A method that is named must be named again.
        method = b"\x15" + text("m")
        properties = b"\x22" + number(5) + (method if method in body else b"")
        return length(len(properties)) + properties
