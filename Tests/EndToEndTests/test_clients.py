"""`martlet pub` and `martlet sub`: options and exit statuses."""

import pytest

from brokers import MosquittoBroker, free_port
from programs import TOOLS, LineProcess


@pytest.mark.parametrize("verb", ["pub", "sub"])
@pytest.mark.parametrize(
    "arguments",
    [["--foo"], ["-t"], ["-p", "x", "-t", "a"], ["-q", "3", "-t", "a"], ["-t", "a/#/b", "-m", "x"], []],
)
def test_a_usage_error_is_status_1(runner, verb, arguments):
    result = runner.run("martlet", verb, *arguments)
    assert result.returncode == 1
    assert result.stderr.startswith(b"Error: ")


@pytest.mark.parametrize("verb, rest", [("pub", ["-m", "x"]), ("sub", [])])
def test_a_refused_connection_is_status_1(runner, verb, rest):
    result = runner.run("martlet", verb, "-p", free_port(), "-t", "a", *rest)
    assert result.returncode == 1 and b"refused" in result.stderr.lower()


@pytest.mark.parametrize("verb, rest", [("pub", ["-m", "x"]), ("sub", [])])
def test_a_refusal_of_the_broker_is_its_return_code(start_daemon, runner, verb, rest):
    daemon = start_daemon("listener 0 127.0.0.1\nallow_anonymous false\n")
    result = runner.run("martlet", verb, "-p", daemon.mqtt_port, "-t", "a", *rest)
    assert result.returncode == 5


def test_waiting_ends_with_27(broker, runner):
    result = runner.run("martlet", "sub", "-p", broker.mqtt_port, "-t", "a", "-W", 1)
    assert result.returncode == 27


@pytest.mark.parametrize("tool", TOOLS)
def test_sub_ends_after_so_many_messages(broker, runner, python_client, tool):
    writer = python_client()
    for number in range(5):
        writer.publish(f"count/{number}", str(number), 1, retain=True)
    result = runner.run(tool, "sub", "-p", broker.mqtt_port, "-t", "count/+", "-C", 3, "-W", 20)
    assert result.returncode == 0 and len(result.stdout.splitlines()) == 3


def test_verbose_shows_topics_and_plain_does_not(broker, runner, python_client):
    python_client().publish("a/b", "x y", 1, retain=True)
    common = ["-p", broker.mqtt_port, "-t", "a/b", "-C", 1, "-W", 20]
    assert runner.run("martlet", "sub", *common).stdout == b"x y\n"
    assert runner.run("martlet", "sub", "-v", *common).stdout == b"a/b x y\n"


def test_debug_shows_the_packets(broker, runner):
    result = runner.run(
        "martlet", "pub", "-p", broker.mqtt_port, "-t", "a", "-m", "x", "-q", 1, "-d")
    for word in (b"CONNECT", b"CONNACK", b"PUBLISH", b"PUBACK", b"DISCONNECT"):
        assert word in result.stdout


def test_an_id_is_the_clients_own(broker, runner, python_client):
    holder = python_client("mine")
    runner.publish("martlet", broker.mqtt_port, "-i", "mine", "-t", "a", "-m", "x", "-q", 1)
    assert holder.is_disconnected.wait(20)


def test_several_topics(broker, runner, python_client):
    writer = python_client()
    writer.publish("one", "1", 1, retain=True)
    writer.publish("two", "2", 1, retain=True)
    result = runner.run(
        "martlet", "sub", "-p", broker.mqtt_port, "-t", "one", "-t", "two", "-C", 2, "-W", 20)
    assert sorted(result.stdout.split()) == [b"1", b"2"]


def test_binary_payloads_pass_unchanged(broker, runner, python_client):
    payload = bytes(range(256))
    python_client().publish("a", payload, 1, retain=True)
    result = runner.run("martlet", "sub", "-p", broker.mqtt_port, "-t", "a", "-C", 1, "-W", 20)
    assert result.stdout == payload + b"\n"


def test_top_prints_plain_lines_where_there_is_no_terminal(broker, runner, udp_node):
    node = udp_node()
    node.connect("n1")
    node.publish(node.register("sensors/n1/temperature"), b"21.5")
    top = LineProcess(runner.command("martlet", "top", "-p", broker.mqtt_port))
    try:
        while "n1" not in (line := top.next_line()):
            assert "\x1b" not in line
        assert "\x1b" not in line
    finally:
        top.stop()


@pytest.fixture
def mosquitto_port(tmp_path):
    """The port of a running broker of Mosquitto's."""
    broker = MosquittoBroker(tmp_path / "mosquitto.conf")
    yield broker.port
    broker.finish()


@pytest.mark.parametrize("version", ["31", "311", "5"])
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_our_clients_work_with_mosquittos_broker(mosquitto_port, runner, qos, version):
    common = ["-V", version, "-q", qos]
    runner.publish("martlet", mosquitto_port, *common, "-t", "a/b", "-m", "x", "-r")
    result = runner.run(
        "martlet", "sub", "-p", mosquitto_port, *common, "-t", "a/#", "-C", 1, "-W", 20, "-v")
    assert (result.returncode, result.stdout) == (0, b"a/b x\n")
