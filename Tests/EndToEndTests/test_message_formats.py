"""`martlet sub -F` beside Debian's mosquitto_sub: the same octets; and which messages are shown."""

import itertools
import json
import re
import struct

import pytest

from daemon import PATIENCE
from programs import TOOLS, LineProcess

MESSAGE = ["-t", "fmt/a", "-q", "1", "-m", 'he"l\tlo', "-V", "5", "-r",
           "-D", "publish", "content-type", 'te"xt', "-D", "publish", "user-property", "k", "v",
           "-D", "publish", "user-property", "k2", "v2", "-D", "publish", "correlation-data", "cd",
           "-D", "publish", "response-topic", "r/t", "-D", "publish", "payload-format-indicator",
           "1"]
VALUE = '{ "a" : 21.50, "b":[1, 2,{"x":"\u00e9\\u00e9\\/"}],"e":1e3,"n":null,"o":{},"l":[]}\n'


@pytest.fixture
def shown(runner, broker):
    """What a client shows of the one retained message, by its format."""
    runner.publish("martlet", broker.mqtt_port, *MESSAGE)

    def show(tool, *arguments):
        result = runner.run(tool, "sub", "-h", "127.0.0.1", "-p", broker.mqtt_port, "-V", 5,
                            "-t", "fmt/a", "-q", 1, "-C", 1, *arguments)
        assert result.returncode == 0, result.stderr
        return result.stdout.decode()

    return show


@pytest.mark.parametrize("text", [
    "%t|%p|%x|%X|%l|%q|%r|%m", "[%10t][%-10t][%5l][%05l][%-5l][%%]", "%C|%D|%F|%P|%R|%A|%S",
    "[%20C|%.2C|%.3t|%-20R]", r"\\|\t|\n|\a|\v|\0|\e|\r|@@|@Y-@m", "plain", "@Ey|@O|@5|@!|@%|@",
    "%12%|%0%|%-%",
])
def test_a_format_gives_what_mosquitto_sub_gives(shown, text):
    text += "|"
    assert shown("martlet", "-F", text) == shown("mosquitto", "-F", text)


# A width cuts hexadecimal in Mosquitto: nothing to copy.
@pytest.mark.parametrize("letters, settings", [
    ("tplqrmACDFPRSI", ["", "40", "-40", "040", "-040", ".2", ".0", "40.2", "-40.2", "040.2"]),
    ("xX", [""]), ("E", ["12", "-12", "012"]),
])
def test_every_field_is_set_as_mosquitto_sub_sets_it(shown, letters, settings):
    fields = [f"%{setting}{letter}" for letter, setting in itertools.product(letters, settings)]
    text = "".join(f"{field[1:]}[{field}]\n" for field in fields)
    ours, theirs = (shown(tool, "-F", text).splitlines() for tool in TOOLS)
    time = re.compile(r"T\d\d:\d\d:\d\d")
    for our, their in zip(ours, theirs, strict=True):
        assert time.sub("", our) == time.sub("", their)


@pytest.mark.parametrize("text, octets", [
    ("%.2x", "68 65 22 6c 09 6c 6f"), ("%.4:X", "6865:226C:096C:6F"), ("%.1-x", "6-8-6-5-2-2-6-c-0-9-6-c-6-f"),
    ("[%20x|%-20X|%020x|%5x]", "[      6865226c096c6f|6865226C096C6F      |0000006865226c096c6f|6865226c096c6f]"),
    ("[%24.2x]", "[    68 65 22 6c 09 6c 6f]"), ("%.0x|%.x", "6865226c096c6f|6865226c096c6f"),
])
def test_hexadecimal_digits_come_in_groups(shown, text, octets):
    assert shown("martlet", "-F", text) == octets + "\n"


@pytest.mark.parametrize("text, payload, octets", [
    ("%f|%.2f|%8.1f|%-8.1f|%08.1f", struct.pack("=f", 21.5), "21.5|21.50|    21.5|21.5    |000021.5"),
    ("%d|%.3d|%d", struct.pack("=d", -0.1), "-0.1|-0.100|-0.1"),
    ("[%f][%d]", b"12", "[][]"), ("[%d]", struct.pack("=f", 1), "[]"),
    ("[%f]", struct.pack("=d", 1), "[]"), ("%f", struct.pack("=f", float("inf")), "inf"),
])
def test_a_payload_may_be_a_number(runner, broker, text, payload, octets):
    runner.publish("martlet", broker.mqtt_port, "-t", "a", "-s", "-r", "-q", 1, input=payload)
    result = runner.run("martlet", "sub", "-p", broker.mqtt_port, "-t", "a", "-C", 1, "-F", text)
    assert result.stdout.decode() == octets + "\n"


def test_nanoseconds_of_the_second(shown):
    """@N was shown as it stands."""
    for tool in TOOLS:
        assert re.fullmatch(r"\d{9}\n", shown(tool, "-F", "@N"))


def of_21(text):
    """What mosquitto_sub 2.0 shows as 2.1 shows it: its form of retain, of user properties and of
    the time is another one; and without the time itself."""
    text = re.sub(r'("retain":\s*)(\d)', lambda found: found[1] + ["false", "true"][int(found[2])], text)
    text = re.sub(r'"user-properties":\{("k":"v"),("k2":"v2")\}',
                  r'"user-properties":[{\1},{\2}]', text)
    text, count = re.subn(r'("tst":\s*")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z?([+-]\d{4}")', r"\1\2", text)
    assert count == 1
    return text


def test_json_is_that_of_mosquitto_sub(shown):
    theirs = shown("mosquitto", "-F", "%j|%t")
    assert '"user-properties":{' in theirs and of_21(theirs) == of_21(shown("martlet", "-F", "%j|%t"))


def test_json_is_that_of_2_1_in_all_places(shown):
    shape = (r'{"tst":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d{4}","topic":"fmt/a","qos":1,'
             r'"retain":true,"payloadlen":7,"mid":\d+,"properties":{"content-type":"te\\"xt",'
             r'"user-properties":\[{"k":"v"},{"k2":"v2"}\],"correlation-data":"cd",'
             r'"response-topic":"r/t","payload-format-indicator":1},"payload":"he\\"l\\tlo"}\n')
    assert re.fullmatch(shape, shown("martlet", "-F", "%j"))


@pytest.mark.parametrize("letter", ["%j", "%J"])
@pytest.mark.parametrize("options", [[], ["--pretty"]])
@pytest.mark.parametrize("payload", [VALUE, "12", '"x"', "true", "[]", "", '"\u20ac"', ' {"a":1} '])
def test_a_payload_in_json_is_that_of_mosquitto_sub(runner, broker, payload, letter, options):
    shown = []
    for tool in TOOLS:
        session = ["-p", broker.mqtt_port, "-i", tool, "-c", "-q", 1, "-t", "j"]
        assert runner.run("martlet", "sub", *session, "-E").returncode == 0
    runner.publish(
        "martlet", broker.mqtt_port, "-t", "j", "-s", "-q", 1, input=payload.encode())
    for tool in TOOLS:
        session = ["-p", broker.mqtt_port, "-i", tool, "-c", "-q", 1, "-t", "j"]
        result = runner.run(tool, "sub", *session, "-C", 1, "-W", 20, "-F", letter, *options)
        shown.append(result.stdout.decode())
    ours, theirs = shown
    assert of_21(theirs) == of_21(ours)
    if letter == "%J":
        assert json.loads(ours)["payload"] == (json.loads(payload) if payload else None)


@pytest.mark.parametrize("payload", [b"nojson", b"1 2", b"{", b"[" * 5000, b"\xff", b"{}\0{}"])
def test_a_payload_that_is_no_json_is_told_of(runner, broker, payload):
    runner.publish("martlet", broker.mqtt_port, "-t", "j/a", "-s", "-r", "-q", 1, input=payload)
    show = ["sub", "-h", "127.0.0.1", "-p", broker.mqtt_port, "-t", "j/a", "-C", 1, "-F", "<%J>"]
    for tool in TOOLS if payload != b"{}\0{}" else TOOLS[:1]:
        result = runner.run(tool, *show)
        assert (result.stdout, result.stderr.decode()) == (
            b"<>\n", "Error: Message payload is not valid JSON on topic j/a.\n")
    assert runner.run("martlet", *show, "--quiet").stderr == b""


def test_text_of_any_octets_makes_json(runner, broker):
    payload = b"a\0b\x01\x1f\x7f\xff"
    runner.publish("martlet", broker.mqtt_port, "-t", "j", "-s", "-r", "-q", 1, input=payload)
    for options in ([], ["--pretty"]):
        result = runner.run("martlet", "sub", "-p", broker.mqtt_port, "-t", "j", "-C", 1,
                            "-F", "%j", *options)
        assert json.loads(result.stdout)["payload"] == "a\0b\x01\x1f\x7f\ufffd"


@pytest.mark.parametrize("zone", ["UTC0", "XYZ3:30", "ABC-5:45"])
def test_times_are_those_of_the_zone(shown, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    text = r"%I|@Y-@m-@d @H|@z|@Z|%j"
    ours, theirs = (of_21(shown(tool, "-F", text)) for tool in TOOLS)
    time = re.compile(r":\d\d:\d\d")
    assert time.sub("", ours) == time.sub("", theirs)


def test_times_have_mosquitto_subs_form(shown):
    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} \d+\.\d{9}\n"
    for tool in TOOLS:
        assert re.fullmatch(form, shown(tool, "-F", "%I %U"))


@pytest.mark.parametrize("text", [
    "%c", "%", "%10", "%0-5t", "%.", "%.5", "%z", "\\q", "\\", "@"])
def test_a_format_that_no_message_fills_in_is_a_usage_error(runner, text):
    ours, theirs = (runner.run(tool, "sub", "-t", "a", "-F", text) for tool in TOOLS)
    assert (ours.returncode, theirs.returncode) == (1, 1)
    assert ours.stderr.startswith(theirs.stderr.splitlines()[0])


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


@pytest.mark.parametrize("tool, options", [
    ("martlet", []), ("martlet", ["-R"]), ("mosquitto", [])])
def test_what_is_filtered_out_is_not_removed(runner, broker, tool, options):
    """--remove-retained cleared topics of -T too."""
    here = ["-h", "127.0.0.1", "-p", broker.mqtt_port, "-t", "old/#"]
    for topic in ("old/a", "old/b", "old/c"):
        runner.publish("martlet", broker.mqtt_port, "-t", topic, "-m", "x", "-r", "-q", 1)
    result = runner.run(tool, "sub", *here, "-T", "old/b", "--remove-retained", *options, "-W", 1)
    assert result.returncode == 27
    assert runner.run("martlet", "sub", *here, "-v", "-W", 1).stdout == b"old/b x\n"


@pytest.mark.parametrize("percent, least, most", [("100", 400, 400), ("50", 100, 300), ("0.1", 0, 20)])
def test_only_some_messages_are_shown(runner, broker, percent, least, most):
    here = ["-h", "127.0.0.1", "-p", broker.mqtt_port]
    session = [*here, "-i", "some", "-c", "-q", 1, "-t", "many", "-t", "end"]
    assert runner.run("martlet", "sub", *session, "-E").returncode == 0
    runner.publish("martlet", broker.mqtt_port, "-t", "many", "-m", "x", "--repeat", 400, "-q", 1)
    result = runner.run("martlet", "sub", *session, "--random-filter", percent, "-W", 1)
    assert least <= len(result.stdout.splitlines()) <= most
