"""`-D`: which properties go with which packet, and that they go."""

import pytest

from packets import number, text
from recorders import Recorder

# Identifier, a value for the command line, and the same as octets.
PROPERTIES = {
    "authentication-data": (0x16, ["d"], text("d")),
    "authentication-method": (0x15, ["m"], text("m")),
    "content-type": (0x03, ["ct"], text("ct")),
    "correlation-data": (0x09, ["cd"], text("cd")),
    "maximum-packet-size": (0x27, ["1000"], number(1000, 4)),
    "message-expiry-interval": (0x02, ["7"], number(7, 4)),
    "payload-format-indicator": (0x01, ["1"], b"\1"),
    "receive-maximum": (0x21, ["9"], number(9)),
    "request-problem-information": (0x17, ["0"], b"\0"),
    "request-response-information": (0x19, ["1"], b"\1"),
    "response-topic": (0x08, ["r/t"], text("r/t")),
    "session-expiry-interval": (0x11, ["60"], number(60, 4)),
    "topic-alias": (0x23, ["1"], number(1)),
    "topic-alias-maximum": (0x22, ["3"], number(3)),
    "user-property": (0x26, ["k", "v"], text("k") + text("v")),
    "will-delay-interval": (0x18, ["4"], number(4, 4)),
}
OF_MESSAGES = {"content-type", "correlation-data", "message-expiry-interval",
               "payload-format-indicator", "response-topic", "user-property"}
ALLOWED = {
    "connect": {
        "authentication-data", "authentication-method", "maximum-packet-size", "receive-maximum",
        "request-problem-information", "request-response-information", "session-expiry-interval",
        "topic-alias-maximum", "user-property"},
    "publish": OF_MESSAGES | {"topic-alias"},
    "will": OF_MESSAGES | {"will-delay-interval"},
    "subscribe": {"user-property"},
    "unsubscribe": {"user-property"},
    "disconnect": {"session-expiry-interval", "user-property"},
}
# The client and the packet by which each is seen; a will is part of the CONNECT.
SEEN = {
    "connect": ("pub", 0x10), "publish": ("pub", 0x30), "will": ("pub", 0x10),
    "subscribe": ("sub", 0x80), "unsubscribe": ("sub", 0xA0), "disconnect": ("pub", 0xE0),
}
REST = {"pub": ["-t", "a", "-m", "x", "--will-topic", "w"], "sub": ["-t", "a", "-U", "b", "-E"]}


@pytest.mark.parametrize("place, name", [
    (place, name) for place, names in ALLOWED.items() for name in sorted(names)])
def test_a_property_goes_with_its_packet(runner, place, name):
    verb, kind = SEEN[place]
    identifier, words, octets = PROPERTIES[name]
    options = ["-D", place, name, *words]
    if name == "authentication-data":
        options += ["-D", place, "authentication-method", "m"]
    if (place, name) == ("disconnect", "session-expiry-interval"):
        options += ["-x", "30"]
    broker = Recorder()
    broker.waits = place == "unsubscribe"
    result = runner.run("martlet", verb, "-h", "127.0.0.1", "-p", broker.port, *REST[verb], *options)
    broker.close()
    assert (result.returncode, result.stderr) == (0, b"")
    assert bytes([identifier]) + octets in broker.packets[kind]


@pytest.mark.parametrize("place, name", [
    (place, name) for place, names in ALLOWED.items() for name in PROPERTIES if name not in names])
def test_a_property_that_a_packet_has_not(runner, place, name):
    verb = SEEN[place][0]
    result = runner.run("martlet", verb, *REST[verb], "-D", place, name, *PROPERTIES[name][1])
    assert result.returncode == 1
    assert result.stderr.decode().startswith(
        f"Error: {name} property not allowed for {place} in --property argument.")


@pytest.mark.parametrize("words, complaint", [
    (["connect", "receive-maximum", "0"], "out of range"),
    (["connect", "receive-maximum", "x"], "out of range"),
    (["connect", "maximum-packet-size", "0"], "out of range"),
    (["connect", "maximum-packet-size", "4294967296"], "out of range"),
    (["connect", "topic-alias-maximum", "65536"], "out of range"),
    (["connect", "session-expiry-interval", "-1"], "out of range"),
    (["connect", "request-problem-information", "2"], "out of range"),
    (["publish", "payload-format-indicator", "2"], "out of range"),
    (["publish", "topic-alias", "0"], "out of range"),
    (["publish", "response-topic", "a/#"], "Invalid value"),
    (["connect", "receive-maximum", "1", "-D", "connect", "receive-maximum", "2"], "contradict"),
    (["connect", "authentication-data", "x"], "contradict"),
    (["connect", "session-expiry-interval", "5", "-x", "6"], "exclude each other"),
    (["disconnect", "session-expiry-interval", "5"], "needs one of connect"),
])
def test_values_that_mean_nothing(runner, words, complaint):
    result = runner.run("martlet", "pub", *REST["pub"], "-D", *words)
    assert result.returncode == 1 and complaint in result.stderr.decode()


def test_a_user_property_may_come_often(runner):
    broker = Recorder()
    options = [word for value in ("1", "2") for word in ("-D", "publish", "user-property", "k", value)]
    runner.run("martlet", "pub", "-h", "127.0.0.1", "-p", broker.port, *REST["pub"], *options)
    broker.close()
    expected = b"".join(b"\x26" + text("k") + text(value) for value in ("1", "2"))
    assert expected in broker.packets[0x30]
