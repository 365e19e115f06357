"""`martlet pub` and `sub` over WebSocket and Unix sockets."""

import os
from pathlib import Path

import pytest

from javascript import DEBIAN_MODULES
from packets import V5
from programs import LineProcess

BRIDGE = Path(__file__).with_name("wsbridge.cjs")


@pytest.fixture
def own_port(start_daemon):
    """The port of our broker, which speaks WebSocket itself."""
    return start_daemon(
        "listener 0 127.0.0.1\nprotocol websockets\nallow_anonymous true\n").mqtt_port


@pytest.fixture
def bridged_port(broker):
    """The port of a WebSocket server of another make in front of our broker."""
    bridge = LineProcess(["node", "--no-deprecation", str(BRIDGE), str(broker.mqtt_port)],
                         env=os.environ | {"NODE_PATH": DEBIAN_MODULES})
    yield int(bridge.next_line())
    bridge.stop()


def run(runner, verb, *arguments, **options):
    result = runner.run("martlet", verb, *arguments, **options)
    return result.returncode, result.stdout, result.stderr.decode()


@pytest.mark.parametrize("version", [31, 311, V5])
@pytest.mark.parametrize("server", ["own_port", "bridged_port"])
def test_websocket(request, runner, server, version):
    web_port = request.getfixturevalue(server)
    large = b"x" * 300_000
    for qos in (0, 1, 2):
        where = ["-h", "127.0.0.1", "-p", web_port, "--ws", "-V", version, "-t", f"a/{qos}"]
        assert run(runner, "pub", *where, "-q", qos, "-r", "-s", input=large)[0] == 0
        assert run(runner, "sub", *where, "-C", 1) == (0, large + b"\n", "")


@pytest.mark.parametrize("verb, rest", [
    ("pub", ["-m", "x"]), ("sub", []), ("rr", ["-m", "x", "-e", "b"])])
def test_a_server_that_lets_the_client_not_in(runner, start_daemon, verb, rest):
    """sub tried again for ever."""
    port = start_daemon("listener 0 127.0.0.1\nprotocol websockets\nallow_anonymous true\n"
                        "websockets_origin https://a.example\n").mqtt_port
    status, _, complaint = run(
        runner, verb, "-h", "127.0.0.1", "-p", port, "--ws", "-t", "a", *rest)
    assert status == 7 and complaint == "Error: speak WebSocket: the server answers 403.\n"


def test_unix_socket(runner, start_daemon, tmp_path):
    path = tmp_path / "broker.sock"
    start_daemon(f"listener 0 {path}\nallow_anonymous true\n")
    assert run(runner, "pub", "--unix", path, "-t", "a", "-m", "x", "-r", "-q", 1)[0] == 0
    assert run(runner, "sub", "--unix", path, "-t", "a", "-C", 1) == (0, b"x\n", "")


def test_nobody_at_a_unix_socket(runner, tmp_path):
    path = tmp_path / "nowhere"
    status, _, complaint = run(runner, "pub", "--unix", path, "-t", "a", "-m", "x")
    assert status == 1 and f"connect to {path}: No such file or directory" in complaint


@pytest.mark.parametrize("arguments, complaint", [
    (["--ws-path", "/x"], "--ws-path needs --ws."),
    (["--ws", "--ws-path", "x"], "'x' is no path of a URL."),
    (["--ws", "--ws-path", "/a b"], "'/a b' is no path of a URL."),
    (["--sn", "127.0.0.1", "--unix", "x"], "--unix means nothing over MQTT-SN (--sn)."),
])
def test_wrong_options(runner, arguments, complaint):
    status, _, told = run(runner, "pub", *arguments, "-t", "a", "-m", "x")
    assert status != 0 and complaint in told
