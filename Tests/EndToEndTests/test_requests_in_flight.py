"""`-M`: how many requests of a client wait for their acknowledgement; and its farewell."""

import time

import pytest

from packets import packet
from proxies import Server, read

CONNECT, PUBLISH, SUBSCRIBE = 0x10, 0x30, 0x80
ANSWERS = {PUBLISH: (0x40, b""), SUBSCRIBE: (0x90, b"\0")}


class SlowBroker(Server):
    """Acknowledges the requests that have come once there are `patience` of them, and remembers
    how many they were each time."""

    def __init__(self, kind, patience):
        self._kind, self._patience = kind, patience
        self.counts = []
        super().__init__()

    def serve(self, peer):
        first, size = read(peer, 2)
        assert first == CONNECT
        read(peer, size)
        peer.sendall(packet(0x20, b"\0\0"))
        identifiers, octets = [], b""
        while more := peer.recv(65536):
            octets += more
            while len(octets) > 1 and len(octets) >= 2 + octets[1]:
                body, first = octets[2:2 + octets[1]], octets[0]
                octets = octets[2 + octets[1]:]
                if first & 0xF0 == self._kind:
                    # The identifier follows the topic "a" of a PUBLISH.
                    identifiers.append(body[3:5] if self._kind == PUBLISH else body[:2])
            if len(identifiers) >= self._patience:
                self.counts.append(len(identifiers))
                kind, code = ANSWERS[self._kind]
                for identifier in identifiers:
                    peer.sendall(packet(kind, identifier, code))
                identifiers = []


@pytest.mark.parametrize("options, patience, counts", [
    (["-M", 1], 1, [1] * 6), (["-M", 2], 2, [2, 2, 2]), (["-M", 5, "--repeat", 10], 5, [5, 5]),
    ([], 6, [6]), (["-M", 1000], 6, [6])])
def test_no_more_messages_wait_than_allowed(runner, options, patience, counts):
    broker = SlowBroker(PUBLISH, patience)
    result = runner.run("martlet", "pub", "-h", "127.0.0.1", "-p", broker.port, "-t", "a", "-m",
                        "x", "-q", 1, "--repeat", 6, *options)
    broker.close()
    assert (result.returncode, broker.counts) == (0, counts)


class ForgetfulBroker(Server):
    """Hangs up at the first PUBLISH, answers the second one, and has kept the session."""

    def __init__(self):
        self.messages = []
        super().__init__()

    def serve(self, peer):
        read(peer, read(peer, 2)[1])
        peer.sendall(packet(0x20, bytes([bool(self.messages), 0])))
        while len(self.messages) < 2:
            first, size = read(peer, 2)
            body = read(peer, size)
            if first & 0xF0 == SUBSCRIBE:
                peer.sendall(packet(0x90, body[:2], b"\0"))
            if first & 0xF0 == PUBLISH:
                self.messages.append((first, body))
                if len(self.messages) == 1:
                    return
        peer.sendall(packet(0x40, self.messages[1][1][3:5]) + packet(0x30, b"\0\1b", b"answer"))
        peer.recv(100)


def test_a_question_that_nobody_has_acknowledged_is_sent_again(runner):
    """rr gave up: "The request cannot be sent (resendFirst)"."""
    broker = ForgetfulBroker()
    result = runner.run(
        "martlet", "rr", "-h", "127.0.0.1", "-p", broker.port, "-V", 311, "-t", "a", "-e", "b",
        "-m", "x", "-q", 1, "-c", "-i", "asker", "-W", 20)
    broker.close()
    assert (result.returncode, result.stdout) == (0, b"answer\n")
    (first, body), (again, same) = broker.messages
    # The second one has DUP and the identifier of the first.
    assert (again, same) == (first | 8, body)


class PoliteBroker(Server):
    """Closes when the client has, and remembers how long after its DISCONNECT that was."""

    def serve(self, peer):
        read(peer, read(peer, 2)[1])
        peer.sendall(packet(0x20, b"\0\0"))
        while read(peer, 2)[0] != 0xE0:
            read(peer, 4)
        farewell = time.monotonic()
        assert peer.recv(1) == b""
        self.seconds = time.monotonic() - farewell


def test_nobody_waits_for_the_other_to_close_first(runner):
    """A client that had said its DISCONNECT waited two seconds for the broker to close."""
    broker = PoliteBroker()
    result = runner.run(
        "martlet", "pub", "-h", "127.0.0.1", "-p", broker.port, "-t", "a", "-m", "x")
    broker.close()
    assert result.returncode == 0 and broker.seconds < 1.5


@pytest.mark.parametrize("options, patience, counts", [(["-M", 1], 1, [1, 1, 1]), ([], 3, [3])])
def test_no_more_subscriptions_wait_than_allowed(runner, options, patience, counts):
    broker = SlowBroker(SUBSCRIBE, patience)
    result = runner.run("martlet", "sub", "-h", "127.0.0.1", "-p", broker.port, "-t", "a", "-t",
                        "b", "-t", "c", "-E", *options)
    broker.close()
    assert (result.returncode, broker.counts) == (0, counts)
