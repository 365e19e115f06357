"""`martlet sub -F` beside Debian's mosquitto_sub: the same octets; and which messages are shown."""

import re

import pytest

from daemon import PATIENCE
from programs import LineProcess

MESSAGE = ["-t", "fmt/a", "-q", "1", "-m", 'he"l\tlo', "-V", "5", "-r",
           "-D", "publish", "content-type", 'te"xt', "-D", "publish", "user-property", "k", "v",
           "-D", "publish", "user-property", "k2", "v2", "-D", "publish", "correlation-data", "cd",
           "-D", "publish", "response-topic", "r/t", "-D", "publish", "payload-format-indicator",
           "1"]


@pytest.fixture
def shown(runner, broker):
    """What a client shows of the one retained message, by its format."""
    runner.publish("martlet", broker.mqtt_port, *MESSAGE)

    def show(tool, *arguments):
        result = runner.run(tool, "sub", "-h", "127.0.0.1", "-p", broker.mqtt_port, "-V", 5,
                            "-t", "fmt/#", "-q", 1, "-C", 1, *arguments)
        assert result.returncode == 0, result.stderr
        return result.stdout.decode()

    return show


@pytest.mark.parametrize("text", [
    "%t|%p|%x|%X|%l|%q|%r|%m", "[%10t][%-10t][%5l][%05l][%-5l][%%]", "%C|%D|%F|%P|%R|%A|%S",
    "[%20C|%.2C|%.3t|%-20R]", r"\\|\t|\n|\a|\v|\0|\e|\r|@@|@Y-@m", "plain",
])
def test_a_format_gives_what_mosquitto_sub_gives(shown, text):
    assert shown("martlet", "-F", text) == shown("mosquitto", "-F", text)


def test_json_is_that_of_mosquitto_sub(shown):
    ours, theirs = shown("martlet", "-F", "%j"), shown("mosquitto", "-F", "%j")
    time = re.compile(r'"tst":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z[+-]\d{4}"')
    assert time.sub("", ours) == time.sub("", theirs) and time.search(ours)


def test_times_have_mosquitto_subs_form(shown):
    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} \d+\.\d{9}\n"
    for tool in ("martlet", "mosquitto"):
        assert re.fullmatch(form, shown(tool, "-F", "%I %U"))


@pytest.mark.parametrize("text", ["%c", "%", "%10", "\\q", "\\", "@"])
def test_a_format_that_no_message_fills_in_is_a_usage_error(runner, text):
    result = runner.run("martlet", "sub", "-t", "a", "-F", text)
    assert result.returncode == 1 and b"specifier" in result.stderr


def test_topics_can_be_left_out(runner, broker, subscriber):
    reader = subscriber("martlet", "-t", "noise/#", "-t", "news", "-T", "noise/#", "-v")
    for topic in ("noise/a", "news"):
        runner.publish("martlet", broker.mqtt_port, "-t", topic, "-m", "x")
    assert reader.next_line() == "news x"


def test_only_what_is_retained_is_shown_and_then_forgotten(runner, broker):
    here = ["-h", "127.0.0.1", "-p", broker.mqtt_port]
    for topic in ("old/a", "old/b"):
        runner.publish("martlet", broker.mqtt_port, "-t", topic, "-m", "x", "-r")
    reader = LineProcess(runner.command(
        "martlet", "sub", *here, "-t", "old/#", "--retained-only", "--remove-retained", "-v"))
    assert {reader.next_line(), reader.next_line()} == {"old/a x", "old/b x"}
    runner.publish("martlet", broker.mqtt_port, "-t", "old/c", "-m", "live")
    assert reader.process.wait(PATIENCE) == 0
    result = runner.run("martlet", "sub", *here, "-t", "old/#", "-W", 1, "-v")
    assert result.stdout == b"" and result.returncode == 27
