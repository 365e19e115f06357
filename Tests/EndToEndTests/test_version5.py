"""`martlet pub` and `martlet sub` in version 5.0, against every broker that speaks it."""

import pytest

from programs import TOOLS, LineProcess

PUBLISH_PROPERTIES = [
    ("content-type", "text/x"), ("correlation-data", "c1"), ("response-topic", "answers/1"),
    ("payload-format-indicator", "1"),
]


def properties(command, *rows):
    return [word for row in rows for word in ("-D", command, *row)]


@pytest.mark.parametrize("qos", [0, 1, 2])
@pytest.mark.parametrize("pub, sub", [
    ("martlet", "martlet"), ("martlet", "mosquitto"), ("mosquitto", "martlet"),
])
def test_a_message_arrives(port5, runner, reader5, pub, sub, qos):
    reader = reader5(sub, "-t", "a/b", "-q", qos)
    runner.publish(pub, port5, "-V", "mqttv5", "-t", "a/b", "-m", "hello", "-q", qos)
    assert reader.next_line() == "a/b hello"


@pytest.mark.parametrize("qos", [1, 2])
def test_many_messages_keep_to_the_brokers_receive_maximum(start_broker5, runner, qos):
    port = start_broker5("max_inflight_messages 2")
    reader = LineProcess(runner.command(
        "martlet", "sub", "-V", 5, "-p", port, "-t", "lines", "-q", qos, "-C", 200, "-d"))
    try:
        while "SUBACK" not in reader.next_line():
            pass
        lines = "".join(f"{number}\n" for number in range(200))
        runner.publish(
            "martlet", port, "-V", 5, "-t", "lines", "-l", "-q", qos, input=lines.encode())
        shown = []
        while len(shown) < 200:
            line = reader.next_line()
            if line.isdigit():
                shown.append(int(line))
        assert shown == list(range(200))
    finally:
        reader.stop()


def test_properties_of_a_message_arrive(port5, runner):
    message = properties("publish", *PUBLISH_PROPERTIES, ("user-property", "k", "v"))
    runner.publish("martlet", port5, "-t", "a", "-m", "x", "-r", "-q", 1, *message)
    result = runner.run(
        "mosquitto", "sub", "-V", 5, "-p", port5, "-t", "a", "-C", 1, "-W", 20,
        "-F", "%p|%C|%D|%R|%F|%P")
    assert result.stdout == b"x|text/x|c1|answers/1|1|k:v\n"


def test_a_message_expires(port5, runner):
    runner.publish(
        "martlet", port5, "-t", "a", "-m", "x", "-r", "-q", 1,
        *properties("publish", ("message-expiry-interval", 1000)))
    result = runner.run(
        "mosquitto", "sub", "-V", 5, "-p", port5, "-t", "a", "-C", 1, "-W", 20, "-F", "%E")
    assert 990 <= int(result.stdout) <= 1000


def test_a_will_has_properties(port5, runner):
    reader = LineProcess(runner.command(
        "mosquitto", "sub", "-V", 5, "-p", port5, "-t", "wills", "-t", "ready",
        "-F", "%t %p %C"))
    try:
        runner.publish("mosquitto", port5, "-t", "ready", "-m", "x", "-r", "-q", 1)
        assert reader.next_line() == "ready x "
        victim = LineProcess(runner.command(
            "martlet", "sub", "-p", port5, "-t", "a", "-d", "--will-topic", "wills",
            "--will-payload", "gone",
            *properties("will", ("content-type", "c"), ("will-delay-interval", 0))))
        while "SUBACK" not in victim.next_line():
            pass
        victim.stop()
        assert reader.next_line() == "wills gone c"
    finally:
        reader.stop()


@pytest.mark.parametrize("verb, rest", [("pub", ["-m", "x"]), ("sub", [])])
def test_a_refusal_is_its_reason_code(start_broker5, runner, verb, rest):
    port = start_broker5("allow_anonymous false")
    result = runner.run("martlet", verb, "-V", 5, "-p", port, "-t", "a", "-d", *rest)
    assert result.returncode == 135
    assert b"received CONNACK (135)" in result.stdout
    assert result.stderr == b"Error: Connection refused: Not authorized.\n"


@pytest.mark.parametrize("option, arguments, status", [
    ("max_qos 1", ["-q", 2], 24),
    ("max_packet_size 100", ["-m", "x" * 100], 25),
    ("retain_available false", ["-r"], 28),
    ("max_topic_alias 5", properties("publish", ("topic-alias", 6)), 29),
])
def test_what_the_broker_does_not_take_is_not_sent(
        start_broker5, runner, option, arguments, status):
    port = start_broker5(option)
    common = ["-V", 5, "-p", port, "-t", "a", "-d"]
    message = [] if "-m" in arguments else ["-m", "x"]
    result = runner.run("martlet", "pub", *common, *message, *arguments)
    assert result.returncode == status, result.stderr
    assert b"PUBLISH" not in result.stdout and b"sending DISCONNECT" in result.stdout


def test_an_alias_stands_for_the_topic_from_the_second_message_on(port5, runner, reader5):
    reader = reader5("mosquitto", "-t", "long/topic")
    alias = properties("publish", ("topic-alias", 3))
    result = runner.run(
        "martlet", "pub", "-p", port5, "-t", "long/topic", "-l", "-q", 1, "-d", *alias,
        input=b"one\ntwo\n")
    assert result.returncode == 0 and result.stdout.count(b"'(null)'") == 1
    assert [reader.next_line(), reader.next_line()] == ["long/topic one", "long/topic two"]


def test_the_broker_may_use_aliases(port5, runner, reader5):
    reader = reader5("martlet", "-t", "a/#", *properties("connect", ("topic-alias-maximum", 10)))
    for text in ("one", "two"):
        runner.publish("mosquitto", port5, "-t", "a/b", "-m", text)
        assert reader.next_line() == f"a/b {text}"


def session(port, *arguments):
    return ["-p", port, "-V", 5, "-i", "keeper", "-q", 1, "-t", "mail", *arguments]


@pytest.mark.parametrize("expiry", [["-c"], ["-x", "60"], ["-x", "-1"], ["-x", "∞"]])
def test_a_session_outlives_its_connection(port5, runner, expiry):
    first = runner.run("martlet", "sub", *session(port5, *expiry), "-E", "-W", 20)
    assert first.returncode == 0, first.stderr
    runner.publish("martlet", port5, "-t", "mail", "-m", "one", "-q", 1)
    result = runner.run("martlet", "sub", *session(port5, "-c"), "-C", 1, "-W", 20)
    assert (result.returncode, result.stdout) == (0, b"one\n")


@pytest.mark.parametrize("expiry", [
    [], ["-x", "0"], ["-x", "60", *properties("disconnect", ("session-expiry-interval", 0))],
])
def test_a_session_without_expiry_ends_with_its_connection(port5, runner, expiry):
    first = runner.run("martlet", "sub", *session(port5, *expiry), "-E", "-W", 20)
    assert first.returncode == 0, first.stderr
    runner.publish("martlet", port5, "-t", "mail", "-m", "one", "-q", 1)
    result = runner.run("martlet", "sub", *session(port5, "-c"), "-W", 1)
    assert (result.returncode, result.stdout) == (27, b"")


def test_a_subscription_is_ended(port5, runner):
    common = ["-p", port5, "-V", 5, "-i", "keeper", "-c", "-q", 1]
    assert runner.run("martlet", "sub", *common, "-t", "a", "-t", "b", "-E").returncode == 0
    ending = properties("unsubscribe", ("user-property", "k", "v"))
    result = runner.run("martlet", "sub", *common, "-U", "a", *ending, "-d", "-W", 20)
    assert result.returncode == 0 and b"received UNSUBACK" in result.stdout
    for topic in ("a", "b"):
        runner.publish("martlet", port5, "-t", topic, "-m", "x", "-q", 1)
    result = runner.run("martlet", "sub", *common, "-t", "b", "-C", 1, "-v", "-W", 20)
    assert result.stdout == b"b x\n"


@pytest.mark.parametrize("when, status", [("always", 0), ("new", 0), ("never", 27)])
def test_retained_messages_come_when_they_are_wanted(port5, runner, when, status):
    runner.publish("martlet", port5, "-t", "kept", "-m", "x", "-r", "-q", 1)
    result = runner.run(
        "martlet", "sub", "-p", port5, "-t", "kept", "--retain-handling", when, "-C", 1, "-W", 2)
    assert result.returncode == status


def test_messages_may_stay_retained_as_published(port5, runner, reader5):
    plain = reader5("martlet", "-t", "a", "-t", "b")
    reader = LineProcess(runner.command(
        "martlet", "sub", "-p", port5, "-t", "a", "-t", "b", "-v", "-R", "--retain-as-published",
        "-d"))
    try:
        while "Subscribed (mid: 2)" not in reader.next_line():
            pass
        runner.publish("martlet", port5, "-t", "a", "-m", "1", "-r", "-q", 1)
        runner.publish("martlet", port5, "-t", "b", "-m", "2", "-q", 1)
        assert [plain.next_line(), plain.next_line()] == ["a 1", "b 2"]
        shown = reader.next_line()
        while shown.startswith("Client"):
            shown = reader.next_line()
        assert shown == "b 2"
    finally:
        reader.stop()


@pytest.mark.parametrize("tool", TOOLS)
def test_debug_shows_the_packets_alike(port5, runner, tool):
    result = runner.run(
        tool, "pub", "-V", 5, "-p", port5, "-i", "me", "-t", "a", "-m", "x", "-q", 1, "-d")
    assert result.stdout.decode().splitlines() == [
        "Client me sending CONNECT",
        "Client me received CONNACK (0)",
        "Client me sending PUBLISH (d0, q1, r0, m1, 'a', ... (1 bytes))",
        "Client me received PUBACK (Mid: 1, RC:16)",
        "Client me sending DISCONNECT",
    ]


def test_debug_shows_the_identifier_that_the_broker_chose(port5, runner):
    result = runner.run("martlet", "sub", "-V", 5, "-p", port5, "-t", "a", "-E", "-d")
    lines = result.stdout.decode().splitlines()
    assert lines[0] == "Client (null) sending CONNECT"
    assert all("(null)" not in line for line in lines[1:])
    assert "Subscribed (mid: 1): 0" in lines


@pytest.mark.parametrize("arguments", [
    properties("foo", ("content-type", "x")), properties("publish", ("foo", "x")),
    properties("publish", ("session-expiry-interval", "1")),
    properties("publish", ("payload-format-indicator", "2")),
    properties("publish", ("topic-alias", "0")), properties("publish", ("response-topic", "a/#")),
    properties("publish", ("content-type", "x"), ("content-type", "y")),
    ["-D", "publish", "user-property", "k"], properties("will", ("content-type", "x")),
    properties("disconnect", ("session-expiry-interval", "1")),
    ["-x", "soon"], ["-x", "-1"], ["-x", "60", "-V", "311"],
    [*properties("connect", ("session-expiry-interval", "1")), "-x", "2", "-i", "a"],
    ["-V", "31", *properties("publish", ("content-type", "x"))],
])
def test_wrong_options_of_version_5_are_status_1(runner, arguments):
    result = runner.run("martlet", "pub", "-t", "a", "-m", "x", *arguments)
    assert result.returncode == 1 and result.stderr.startswith(b"Error: ")
