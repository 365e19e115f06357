"""Exit statuses of `pub`, `sub` and `rr`, beside those of Mosquitto's clients."""

import socket

import pytest

from brokers import free_port
from packets import packet
from programs import TOOLS
from proxies import Server, read

REST = {"pub": ["-m", "x"], "sub": [], "rr": ["-e", "b", "-m", "x"]}
VERSIONS = ["31", "311", "5"]
every_client = pytest.mark.parametrize("verb", REST)
every_tool = pytest.mark.parametrize("tool", TOOLS)


def run(runner, tool, verb, port, *arguments):
    where = ["-h", "127.0.0.1", "-p", port, "-t", "a"]
    return runner.run(tool, verb, *where, *REST[verb], *arguments)


class Broker(Server):
    """Answers a CONNECT with some octets, and hangs up unless it is to wait."""

    def __init__(self, answer, waits=False):
        self._answer, self._waits = answer, waits
        super().__init__()

    def serve(self, peer):
        first, size = read(peer, 2)
        assert first == 0x10
        read(peer, size)
        peer.sendall(self._answer)
        if not self._waits:
            peer.shutdown(socket.SHUT_WR)
        while peer.recv(1000):
            pass


@pytest.fixture
def broker_that_says():
    """The ports of brokers that answer a CONNECT so."""
    brokers = []

    def start(answer, waits=False):
        brokers.append(Broker(answer, waits))
        return brokers[-1].port

    yield start
    for broker in brokers:
        broker.close()


def connack(version, code):
    return packet(0x20, bytes([0, code]), b"\0" if version == "5" else b"")


@every_client
@every_tool
@pytest.mark.parametrize("version, status", [("31", 5), ("311", 5), ("5", 135)])
def test_who_is_not_let_in(runner, start_daemon, tool, verb, version, status):
    daemon = start_daemon("listener 0 127.0.0.1\nallow_anonymous false\n")
    result = run(runner, tool, verb, daemon.mqtt_port, "-V", version, "-i", "x")
    assert result.returncode == status


@every_client
@every_tool
@pytest.mark.parametrize("version, code", [
    ("31", 2), ("311", 1), ("311", 2), ("311", 3), ("311", 4), ("311", 5), ("5", 128), ("5", 132),
    ("5", 133), ("5", 138), ("5", 149), ("5", 159)])
def test_the_brokers_code_is_the_status(runner, broker_that_says, tool, verb, version, code):
    port = broker_that_says(connack(version, code))
    result = run(runner, tool, verb, port, "-V", version, "-i", "x")
    assert result.returncode == code and result.stderr


@every_client
@every_tool
def test_nobody_is_there(runner, tool, verb):
    assert run(runner, tool, verb, free_port()).returncode == 1


@every_tool
@pytest.mark.parametrize("verb", ["sub", "rr"])
def test_the_time_is_over(runner, broker, tool, verb):
    assert run(runner, tool, verb, broker.mqtt_port, "-W", 1).returncode == 27


@pytest.mark.parametrize("verb", ["sub", "rr"])
def test_the_time_is_over_before_the_broker_says_a_word(runner, broker_that_says, verb):
    port = broker_that_says(b"", waits=True)
    assert run(runner, "martlet", verb, port, "-W", 1).returncode == 27


@every_tool
def test_the_broker_hangs_up_on_a_publisher(runner, broker_that_says, tool):
    assert run(runner, tool, "pub", broker_that_says(b"")).returncode == 7


@every_client
@pytest.mark.parametrize("octets, status", [
    (bytes.fromhex("ff ff ff ff ff"), 21), (bytes.fromhex("20 02 00 63"), 21),
    (packet(0x90, b"\0\1\0"), 2), (connack("311", 0) + bytes.fromhex("40 00"), 21),
    (connack("311", 0) + bytes.fromhex("f0 ff ff ff 7f"), None)])
def test_a_broker_that_breaks_the_protocol(runner, broker_that_says, verb, octets, status):
    """Whatever it says, the client ends by itself and tells of it."""
    result = run(runner, "martlet", verb, broker_that_says(octets), "-V", "311", *(
        ["-q", 1] if verb == "pub" else []))
    assert result.returncode in ([status] if status else [2, 21, 25])
    assert result.stderr.startswith(b"Error: ")


def test_the_broker_answers_nothing(runner, broker_that_says):
    """A CONNACK is waited for ten seconds."""
    result = run(runner, "martlet", "sub", broker_that_says(b"", waits=True), "-k", 5)
    assert result.returncode == 19 and b"did not answer in time" in result.stderr


@every_tool
def test_all_is_well(runner, broker, tool):
    port = broker.mqtt_port
    assert run(runner, tool, "pub", port, "-r", "-q", 2).returncode == 0
    assert run(runner, tool, "sub", port, "-C", 1).returncode == 0
    assert run(runner, tool, "rr", port, "-e", "a").returncode == 0
