"""What the options of `pub`, `sub` and `rr` put into packets, octet by octet; and that it is not
there without them."""

import re

import pytest

from packets import number, text
from recorders import CONNECT, PUBLISH, SUBSCRIBE, Recorder

REST = {"pub": ["-t", "a", "-m", "x"], "sub": ["-t", "a", "-E"],
        "rr": ["-t", "a", "-e", "b", "-m", "x", "-W", "1"]}
EVERY = list(REST)


def packets(runner, verb, *options, rest=None):
    broker = Recorder()
    result = runner.run("martlet", verb, "-h", "127.0.0.1", "-p", broker.port,
                        *(REST[verb] if rest is None else rest), *options)
    broker.close()
    assert result.returncode in (0, 27), result.stderr
    return broker.packets


def variable_header(name, level, flags, keepalive=60):
    return text(name) + bytes([level, flags]) + number(keepalive)


LOGIN = ["-u", "ann", "-P", "word"]
WILL = ["--will-topic", "w"]
CASES = [
    # verbs, options, the packet, octets of it
    (EVERY, ["-V", "31"], CONNECT, text("MQIsdp") + b"\3"),
    (["pub", "sub"], [], CONNECT, variable_header("MQTT", 4, 2)),
    (["rr"], [], CONNECT, variable_header("MQTT", 5, 2)),
    (EVERY, ["-V", "mqttv31"], CONNECT, text("MQIsdp") + b"\3"),
    (["rr"], ["-V", "mqttv311"], CONNECT, variable_header("MQTT", 4, 2)),
    (["pub", "sub"], ["-V", "5"], CONNECT, variable_header("MQTT", 5, 2)),
    (["pub", "sub"], ["-V", "mqttv5"], CONNECT, variable_header("MQTT", 5, 2)),
    (EVERY, ["-i", "me"], CONNECT, text("me")),
    (["pub", "sub"], ["-k", "5"], CONNECT, variable_header("MQTT", 4, 2, 5)),
    (["rr"], ["--keepalive", "65535"], CONNECT, variable_header("MQTT", 5, 2, 65535)),
    (["pub", "sub"], ["-c", "-i", "me"], CONNECT, variable_header("MQTT", 4, 0)),
    (["rr"], ["-c", "-i", "me"], CONNECT, b"\x11" + b"\xff" * 4),
    (["pub"], ["-x", "60"], CONNECT, b"\x11" + number(60, 4)),
    (["sub"], ["-x", "-1", "-i", "me"], CONNECT, b"\x11" + b"\xff" * 4),
    (["sub"], ["-x", "\u221e", "-I", "me"], CONNECT, b"\x11" + b"\xff" * 4),
    (["sub"], ["-x", "4294967295", "-i", "me"], CONNECT, b"\x11" + b"\xff" * 4),
    (EVERY, LOGIN, CONNECT, text("ann") + text("word")),
    (["rr"], ["-P", "word"], CONNECT, text("word")),
    (["pub", "sub"], [*LOGIN], CONNECT, variable_header("MQTT", 4, 0xC2)),
    (["pub", "sub"], ["-u", "ann"], CONNECT, variable_header("MQTT", 4, 0x82)),
    (["pub", "sub"], WILL, CONNECT, variable_header("MQTT", 4, 0x06)),
    (EVERY, [*WILL, "--will-payload", "gone"], CONNECT, text("w") + text("gone")),
    (["pub", "sub"], [*WILL, "--will-qos", "2"], CONNECT, variable_header("MQTT", 4, 0x16)),
    (["pub", "sub"], [*WILL, "--will-retain"], CONNECT, variable_header("MQTT", 4, 0x26)),
    (["pub"], [], PUBLISH, b"\x30" + b"\4" + text("a") + b"x"),
    (["pub"], ["-r"], PUBLISH, b"\x31\4"), (["pub"], ["--retain", "-q", "1"], PUBLISH, b"\x33\6"),
    (["pub"], ["-q", "2"], PUBLISH, b"\x34\6"),
    (["rr"], ["-q", "1"], PUBLISH, b"\x32"), (["rr"], [], PUBLISH, b"\x08" + text("b")),
    (["sub"], ["-q", "2"], SUBSCRIBE, text("a") + b"\2"), (["sub"], [], SUBSCRIBE, text("a") + b"\0"),
    (["rr"], ["-q", "1"], SUBSCRIBE, text("b") + b"\1"),
    (["sub"], ["--retain-as-published"], SUBSCRIBE, text("a") + b"\x08"),
    (["rr"], ["--retain-as-published"], SUBSCRIBE, text("b") + b"\x08"),
    (["sub"], ["--retain-handling", "always", "-q", "1"], SUBSCRIBE, text("a") + b"\x01"),
    (["sub"], ["--retain-handling", "new"], SUBSCRIBE, text("a") + b"\x10"),
    (["rr"], ["--retain-handling", "never"], SUBSCRIBE, text("b") + b"\x20"),
]


@pytest.mark.parametrize("verb, options, kind, octets", [
    (verb, options, kind, octets) for verbs, options, kind, octets in CASES for verb in verbs])
def test_an_option_is_in_its_packet(runner, verb, options, kind, octets):
    assert octets in packets(runner, verb, *options)[kind]
    if options:
        assert octets not in packets(runner, verb)[kind]


@pytest.mark.parametrize("verb", EVERY)
def test_a_prefix_goes_before_the_number_of_the_process(runner, verb):
    connect = packets(runner, verb, "-I", "garden-")[CONNECT]
    assert re.search(rb"garden-\d+", connect)
    assert b"garden" not in packets(runner, verb)[CONNECT]


def test_two_topics_are_two_subscriptions_and_the_last_topic_is_published_to(runner):
    broker = Recorder()
    runner.run("martlet", "sub", "-h", "127.0.0.1", "-p", broker.port, "-t", "a", "-t", "b", "-E")
    broker.close()
    assert text("a") + b"\0" in broker.octets and text("b") + b"\0" in broker.octets
    assert text("b") in packets(runner, "pub", "-t", "b")[PUBLISH]


def test_nothing_but_the_end_of_a_subscription(runner):
    """Such a sub needs no -t, and is done when the broker has answered."""
    found = packets(runner, "sub", "-U", "a", rest=[])
    assert text("a") in found[0xA0] and SUBSCRIBE not in found


@pytest.mark.parametrize("options, path", [([], "/mqtt"), (["--ws-path", "/a/b?c=d"], "/a/b?c=d")])
def test_the_path_of_a_websocket(runner, options, path):
    class WebServer(Recorder):
        def serve(self, peer):
            self.octets = peer.recv(1000)

    server = WebServer()
    runner.run("martlet", "pub", "-h", "127.0.0.1", "-p", server.port, "--ws", *REST["pub"], *options)
    server.close()
    assert server.octets.startswith(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n".encode())
