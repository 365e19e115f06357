"""The clients' words for where and how often: URLs, source addresses, repetitions."""

import pytest

from programs import TOOLS

LOGIN = "allow_anonymous false\npassword_file {}\n"


@pytest.mark.parametrize("tool", TOOLS)
def test_a_message_is_repeated(broker, runner, subscriber, tool):
    reader = subscriber("mosquitto", "-t", "again")
    runner.publish(tool, broker.mqtt_port, "-t", "again", "-m", "x", "--repeat", 3)
    runner.publish(tool, broker.mqtt_port, "-t", "again", "-s", "--repeat", 2, "-q", 2, input=b"y")
    runner.publish(tool, broker.mqtt_port, "-t", "again", "-m", "end")
    lines = [reader.next_line() for _ in range(6)]
    assert lines == ["again x"] * 3 + ["again y"] * 2 + ["again end"]


def test_thousands_of_repetitions_need_no_more_than_room(broker, runner, subscriber):
    reader = subscriber("mosquitto", "-t", "again", "-q", 1)
    for qos in (0, 1):
        runner.publish(
            "martlet", broker.mqtt_port, "-t", "again", "-m", "x", "--repeat", 500, "-q", qos)
    assert [reader.next_line() for _ in range(1000)] == ["again x"] * 1000


@pytest.mark.parametrize("tool", TOOLS)
def test_repetitions_may_be_apart(broker, runner, subscriber, tool):
    reader = subscriber("mosquitto", "-t", "again")
    runner.publish(tool, broker.mqtt_port, "-t", "again", "-m", "x", "--repeat", 3,
                   "--repeat-delay", 0.05, "-q", 1)
    assert [reader.next_line() for _ in range(3)] == ["again x"] * 3


@pytest.mark.parametrize("tool", TOOLS)
def test_a_url_says_where(broker, runner, tool):
    url = f"mqtt://127.0.0.1:{broker.mqtt_port}/a/b"
    assert runner.run(tool, "pub", "-L", url, "-m", "x", "-r", "-q", 1).returncode == 0
    result = runner.run(tool, "sub", "-L", url, "-v", "-C", 1, "-W", 20)
    assert result.stdout == b"a/b x\n"
    result = runner.run(tool, "rr", "-L", url, "-m", "y", "-e", "a/b", "-W", 20)
    assert result.stdout == b"x\n"


def test_a_url_of_a_websocket(runner, start_daemon):
    daemon = start_daemon("listener 0 127.0.0.1\nprotocol websockets\nallow_anonymous true\n")
    url = f"ws://127.0.0.1:{daemon.mqtt_port}/a/b"
    assert runner.run("martlet", "pub", "-L", url, "-m", "x", "-r", "-q", 1).returncode == 0
    assert runner.run("martlet", "sub", "-L", url, "-v", "-C", 1, "-W", 20).stdout == b"a/b x\n"


@pytest.mark.parametrize("tool", TOOLS)
def test_a_url_says_who(runner, start_daemon, tmp_path, tool):
    words = tmp_path / "passwords"
    written = runner.run("mosquitto", "passwd", "-b", "-c", words, "ann", "secret:word")
    assert written.returncode == 0
    words.chmod(0o644)
    port = start_daemon(f"listener 0 127.0.0.1\n{LOGIN.format(words)}").mqtt_port
    place = f"127.0.0.1:{port}/a"
    for login, status in [("ann:secret:word", 0), ("ann:other", 5)]:
        url = f"mqtt://{login}@{place}"
        assert runner.run(tool, "pub", "-L", url, "-m", "x").returncode == status


@pytest.mark.parametrize("url, words", [
    ("mqtt://localhost", "topic missing"),
    ("mqtts://localhost/", "topic missing"),
    ("mqtt://:1883/a", "is no HOST[:PORT]"),
    ("mqtt://localhost:0/a", "is no HOST[:PORT]"),
    ("mqtt://[::1]1/a", "is no HOST[:PORT]"),
    ("http://localhost/a", "unsupported URL scheme"),
])
def test_urls_that_say_nothing(runner, url, words):
    result = runner.run("martlet", "pub", "-L", url, "-m", "x")
    assert result.returncode == 1 and words in result.stderr.decode()


@pytest.mark.parametrize("tool", TOOLS)
def test_a_client_connects_from_the_address_it_is_told(broker, runner, tool):
    runner.publish(tool, broker.mqtt_port, "-A", "127.0.0.5", "-t", "a", "-m", "x", "-i", "from5")
    broker.wait_for_log(r"127\.0\.0\.5.*from5")


def test_an_address_of_others_is_refused(broker, runner):
    result = runner.run("martlet", "pub", "-h", "127.0.0.1", "-p", broker.mqtt_port,
                        "-A", "192.0.2.1", "-t", "a", "-m", "x")
    assert result.returncode == 1 and b"connect from 192.0.2.1" in result.stderr
