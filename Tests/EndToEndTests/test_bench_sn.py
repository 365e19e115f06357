"""`martlet bench sn`: what it prints, and that it sees what is lost. Never how fast anything is."""

import itertools
import re
import socket
import subprocess
import threading

import pytest

from programs import LineProcess

LOAD = r"load       an? (gateway|echo), (\d+) nodes, QoS [01] to [01], window (\d+), payload (\d+) octets"
MESSAGES = r"messages   (\d+) in 0\.\d s, (\d+) a second, nothing lost"
PROCESS = r"process    \d+\.\d\d µs of processor time a message, \d+\.\d % of a core, \d+\.\d MiB"
LATENCY = r"latency    {} p50 \d+\.\d µs, p99 \d+\.\d µs, max \d+\.\d µs"
GENERATOR = r"generator  takes \d+\.\d % of a core itself"


@pytest.fixture
def bench(martlet):
    """Runs `martlet bench sn …` briefly; its result."""
    def run(*arguments):
        command = [martlet, "bench", "sn", "--seconds", "0.3", "--warmup", "0.1", *arguments]
        return subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, timeout=60,
            check=False)
    return run


@pytest.fixture
def gateway(broker):
    """The options that name a running gateway, its broker and its process."""
    return ["--gateway", f"udp://127.0.0.1:{broker.sn_port}",
            "--broker", f"127.0.0.1:{broker.mqtt_port}", "--pid", broker.process.pid]


@pytest.fixture
def echo(martlet):
    """The options that name a running echo."""
    server = LineProcess([martlet, "bench", "sn", "--echo"])
    place = re.fullmatch(r"echo on (udp://127\.0\.0\.1:\d+)", server.next_line())[1]
    yield ["--gateway", place, "--peer", "echo", "--pid", server.process.pid]
    server.process.terminate()
    assert server.process.wait(20) == 0


def expect(result, *patterns):
    assert result.returncode == 0, result.stdout + result.stderr
    lines = result.stdout.splitlines()
    assert len(lines) == len(patterns), result.stdout
    for line, pattern in zip(lines, patterns):
        assert re.fullmatch(pattern, line), f"{line!r} is not {pattern!r}"


@pytest.mark.parametrize("qos", [0, 1])
def test_every_message_of_many_nodes_arrives(bench, gateway, qos):
    result = bench(*gateway, "--nodes", 20, "--qos", qos)
    expect(result, LOAD, MESSAGES, PROCESS, GENERATOR)
    assert f"a gateway, 20 nodes, QoS {qos} to {qos}, window 8" in result.stdout
    assert int(re.search(MESSAGES, result.stdout)[1]) > 0


def test_the_echo_sends_every_datagram_back(bench, echo):
    expect(bench(*echo, "--nodes", 20), LOAD, MESSAGES, PROCESS, GENERATOR)


def test_the_time_from_publish_to_puback_is_told(bench, gateway):
    expect(
        bench(*gateway, "--latency"), LOAD, MESSAGES, PROCESS, LATENCY.format("PUBLISH to PUBACK"),
        LATENCY.format("PUBLISH to subscriber"), GENERATOR)


def test_the_round_trip_of_the_echo_is_told(bench, echo):
    expect(
        bench(*echo, "--latency"), LOAD, MESSAGES, PROCESS, LATENCY.format("round trip"), GENERATOR)


def test_the_memory_of_idle_nodes_is_told(bench, gateway):
    expect(
        bench(*gateway, "--connect-only", 50), r"nodes      50 connected",
        r"memory     \d+\.\d MiB before, \d+\.\d MiB after, \d+ octets a node")


@pytest.fixture
def forgetful_echo():
    """The options that name an echo that swallows the tenth datagram."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve():
        for count in itertools.count(1):
            data, peer = server.recvfrom(2048)
            if not data:
                return
            if count != 10:
                server.sendto(data, peer)

    thread = threading.Thread(target=serve)
    thread.start()
    yield ["--gateway", f"udp://127.0.0.1:{server.getsockname()[1]}", "--peer", "echo"]
    server.sendto(b"", server.getsockname())
    thread.join()
    server.close()


def test_a_lost_message_fails_the_run(bench, forgetful_echo):
    result = bench(*forgetful_echo, "--nodes", 2)
    assert result.returncode == 1
    assert ", 1 lost, 0 refused, 0 unasked\n" in result.stdout


def test_a_gateway_that_does_not_answer_is_told(bench, gateway, echo):
    # An echo answers a CONNECT with a CONNECT: nobody connects.
    gateway[1] = echo[1]
    result = bench(*gateway, "--nodes", 1)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "Error: The gateway does not answer a node's CONNECT or REGISTER.\n"


@pytest.mark.parametrize("arguments, words", [
    (["--gateway", "127.0.0.1:1"], "--gateway 127.0.0.1:1 is not udp://HOST:PORT."),
    ([], "--gateway is missing."),
])
def test_a_wrong_place_is_refused(bench, arguments, words):
    result = bench(*arguments)
    assert result.returncode == 1 and words in result.stderr
