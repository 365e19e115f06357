"""`martlet rr` beside `mosquitto_rr`: a request, and the first response to it."""

import pytest

from packets import V5
from programs import TOOLS, LineProcess

WHERE = ["-h", "127.0.0.1"]


@pytest.fixture
def asked(broker, runner):
    """Starts `rr` beside a subscriber that shows its request; gives the running client and what
    the subscriber saw of the request."""
    started = []

    def ask(tool, *arguments, version=V5):
        shown = "%t %p %R %D" if version == V5 else "%t %p"
        server = LineProcess(runner.command(
            "mosquitto", "sub", *WHERE, "-p", broker.mqtt_port, "-V", version, "-t", "requests",
            "-t", "ready", "-F", shown))
        started.append(server)
        runner.publish("mosquitto", broker.mqtt_port, "-t", "ready", "-m", "x", "-r", "-q", 1)
        assert server.next_line().startswith("ready x")
        client = LineProcess(runner.command(
            tool, "rr", *WHERE, "-p", broker.mqtt_port, "-t", "requests", "-e", "responses",
            *arguments))
        started.append(client)
        return client, server.next_line().rstrip()

    yield ask
    for process in started:
        process.stop()


def finish(client):
    return [line.rstrip() for line in client.rest()], client.process.returncode


@pytest.mark.parametrize("qos", [0, 1, 2])
@pytest.mark.parametrize("tool", TOOLS)
def test_a_request_carries_where_its_response_is_to_come(broker, runner, asked, tool, qos):
    client, request = asked(
        tool, "-m", "what?", "-q", qos, "-D", "publish", "correlation-data", "c1")
    assert request == "requests what? responses c1"
    runner.publish("mosquitto", broker.mqtt_port, "-t", "responses", "-m", "that")
    assert finish(client) == (["that"], 0)


@pytest.mark.parametrize("tool", TOOLS)
def test_before_version_5_it_only_waits_there(broker, runner, asked, tool):
    client, request = asked(tool, "-m", "what?", "-V", 311, "-v", version=311)
    assert request == "requests what?"
    runner.publish("mosquitto", broker.mqtt_port, "-t", "responses", "-m", "that")
    assert finish(client) == (["responses that"], 0)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_response_is_shown_in_a_format(broker, runner, asked, tool):
    client, _ = asked(tool, "-n", "-F", "%t=%p(%l)")
    runner.publish("mosquitto", broker.mqtt_port, "-t", "responses", "-m", "that")
    assert finish(client) == (["responses=that(4)"], 0)


def test_a_request_may_be_a_file_or_standard_input(broker, runner, tmp_path):
    """Whoever asks where the response is to come gets the request itself."""
    payload = bytes(range(256)) * 100
    path = tmp_path / "request"
    path.write_bytes(payload)
    where = [*WHERE, "-p", broker.mqtt_port, "-t", "echo", "-e", "echo", "-N", "-W", 20]
    assert runner.run("martlet", "rr", *where, "-f", path).stdout == payload
    assert runner.run("martlet", "rr", *where, "-s", input=payload[::-1]).stdout == payload[::-1]


@pytest.mark.parametrize("tool", TOOLS)
def test_without_a_response_it_gives_up(broker, runner, tool):
    result = runner.run(
        tool, "rr", *WHERE, "-p", broker.mqtt_port, "-t", "a", "-e", "b", "-m", "x", "-W", 1)
    assert (result.returncode, result.stdout) == (27, b"")


def test_what_was_retained_is_no_response(broker, runner):
    runner.publish("mosquitto", broker.mqtt_port, "-t", "b", "-m", "old", "-r", "-q", 1)
    where = [*WHERE, "-p", broker.mqtt_port, "-e", "b", "-m", "new", "-R", "-W", 20]
    assert runner.run("martlet", "rr", *where, "-t", "b").stdout == b"new\n"


@pytest.mark.parametrize("arguments", [
    ["-t", "a", "-m", "x"], ["-e", "b", "-m", "x"], ["-t", "a", "-e", "b"],
    ["-t", "a", "-e", "b", "-m", "x", "-n"], ["-t", "#", "-e", "b", "-m", "x"],
    ["-t", "a", "-e", "#", "-m", "x"],
    ["-t", "a", "-e", "b", "-m", "x", "-D", "publish", "response-topic", "c"],
])
def test_what_makes_no_request_is_status_1(runner, arguments):
    result = runner.run("martlet", "rr", *arguments)
    assert result.returncode == 1 and result.stderr.startswith(b"Error: ")
