"""A SOCKS 5 proxy for clients, and one that answers what it is told to."""

import socket
import threading

from daemon import PATIENCE

REFUSED = 5


class Server:
    """Serves each connection on a thread of its own, at a port that the kernel has chosen."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            peer.settimeout(PATIENCE)
            threading.Thread(target=self._serve, args=[peer], daemon=True).start()

    def _serve(self, peer):
        with peer:
            try:
                self.serve(peer)
            except OSError:
                pass

    def serve(self, peer):
        raise NotImplementedError

    def close(self):
        self._listener.close()


class SOCKSProxy(Server):
    """Asks for `login` (a user name and a password), where there is one. `places` says where a
    host and a port are in truth. `asked` has what was asked for."""

    def __init__(self, places=None, login=None):
        self.asked = []
        self._places, self._login = places or {}, login
        super().__init__()

    def serve(self, peer):
        _, count = read(peer, 2)
        methods = read(peer, count)
        wanted = 2 if self._login else 0
        if wanted not in methods:
            return peer.sendall(b"\x05\xff")
        peer.sendall(bytes([5, wanted]))
        if self._login and not self._knows(peer):
            return None
        place = self._read_place(peer)
        self.asked.append(place)
        try:
            broker = socket.create_connection(self._places.get(place, place), PATIENCE)
        except OSError:
            return peer.sendall(bytes([5, REFUSED, 0, 1, 0, 0, 0, 0, 0, 0]))
        with broker:
            peer.sendall(bytes([5, 0, 0, 1, 127, 0, 0, 1, 0, 80]))
            threading.Thread(target=pump, args=[broker, peer], daemon=True).start()
            pump(peer, broker)

    def _knows(self, peer):
        read(peer, 1)
        words = [read(peer, read(peer, 1)[0]).decode() for _ in range(2)]
        peer.sendall(bytes([1, 0 if words == list(self._login) else 1]))
        return words == list(self._login)

    @staticmethod
    def _read_place(peer):
        kind = read(peer, 4)[3]
        if kind == 1:
            host = socket.inet_ntop(socket.AF_INET, read(peer, 4))
        elif kind == 4:
            host = socket.inet_ntop(socket.AF_INET6, read(peer, 16))
        else:
            host = read(peer, read(peer, 1)[0]).decode()
        return host, int.from_bytes(read(peer, 2), "big")


class ScriptedServer(Server):
    """Answers each piece that comes by the next of `answers`, and hangs up."""

    def __init__(self, *answers):
        self._answers = answers
        super().__init__()

    def serve(self, peer):
        for answer in self._answers:
            if not peer.recv(600):
                return
            peer.sendall(answer)
        peer.shutdown(socket.SHUT_WR)
        while peer.recv(600):
            pass


def read(peer, count):
    octets = b""
    while len(octets) < count:
        more = peer.recv(count - len(octets))
        if not more:
            raise ConnectionError
        octets += more
    return octets


def pump(source, target):
    """Hands on what comes, and the end."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
