"""`martlet pub --sn` and `martlet sub --sn`: the command line clients as nodes of MQTT-SN."""

import signal

import pytest

from lines import JoinedLine
from programs import LineProcess

CONFIGURATION = """\
listener 0 127.0.0.1
listener 0 127.0.0.1
protocol mqttsn
allow_anonymous true
predefined_topic 5 sensors/predefined
log_type all
"""
SERIAL = """\
serial {path}
serial_framing {framing}
"""


class Reader(LineProcess):
    """A running `sub --sn -v -d`: `next_message` passes over the trace."""

    def next_message(self):
        while (line := self.next_line()).startswith("Client "):
            pass
        return line

    def wait_for(self, words):
        while words not in self.next_line():
            pass


@pytest.fixture
def broker(start_daemon):
    return start_daemon(CONFIGURATION)


@pytest.fixture
def gateway(broker):
    """Where the gateway is, in the words of --sn."""
    return f"udp://127.0.0.1:{broker.sn_port}"


@pytest.fixture
def reader(runner, gateway):
    """Starts `sub --sn`; each is subscribed when its call returns."""
    started = []

    def start(*arguments, at=gateway):
        started.append(Reader(runner.command(
            "martlet", "sub", "--sn", at, "-v", "-d", *arguments)))
        for option in arguments:
            if option in ("-t", "--predefined"):
                started[-1].wait_for("received SUBACK")
        return started[-1]

    yield start
    for process in started:
        process.stop()


@pytest.fixture
def publish(runner, gateway):
    """Runs `pub --sn`, and insists that it went well."""

    def run(*arguments, at=gateway, **options):
        result = runner.run("martlet", "pub", "--sn", at, *arguments, **options)
        assert result.returncode == 0, result.stderr
        return result

    return run


@pytest.mark.parametrize("qos", [0, 1])
@pytest.mark.parametrize("tool", ["martlet", "mosquitto"])
def test_a_message_reaches_an_mqtt_client(publish, subscriber, tool, qos):
    reader = subscriber(tool, "-t", "a/#", "-q", 1)
    publish("-t", "a/b", "-m", "x", "-q", qos)
    assert reader.next_line() == "a/b x"


@pytest.mark.parametrize("qos", [0, 1])
def test_a_message_of_an_mqtt_client_arrives(reader, runner, broker, qos):
    node = reader("-t", "a/#", "-t", "plain", "-q", 1)
    for topic in ("a/b", "plain", "a/b"):
        runner.publish("mosquitto", broker.mqtt_port, "-t", topic, "-m", topic, "-q", qos)
        assert node.next_message() == f"{topic} {topic}"


def test_nodes_speak_with_nodes(reader, publish):
    node = reader("-t", "a/b")
    publish("-t", "a/b", "-n")
    assert node.next_message() == "a/b (null)"


@pytest.mark.parametrize("where", [["-t", "ab"], ["--predefined", "5"]])
def test_qos_minus_1_needs_no_connection(publish, subscriber, where):
    reader = subscriber("mosquitto", "-t", "ab", "-t", "sensors/#")
    trace = publish(*where, "-m", "x", "-q", -1, "-d").stdout
    assert reader.next_line() in ("ab x", "sensors/predefined x")
    assert trace.count(b"Client") == 1 and b"sending PUBLISH (d0, q-1" in trace


def test_a_topic_may_be_short_or_predefined(reader, publish):
    node = reader("-t", "ab", "--short", "--predefined", "5", "-q", 1)
    trace = publish("-t", "ab", "--short", "-m", "1", "-q", 1, "-d").stdout
    assert b"REGISTER" not in trace
    assert node.next_message() == "ab 1"
    publish("--predefined", 5, "-m", "2", "-q", 1)
    assert node.next_message() == "predefined:5 2"


def test_an_unknown_predefined_topic_is_told(runner, gateway):
    result = runner.run(
        "martlet", "pub", "--sn", gateway, "--predefined", 6, "-m", "x", "-q", 1)
    assert result.stderr == b"Warning: Publish failed: invalid topic id.\n"


def test_each_line_of_input_is_a_message(publish, subscriber):
    reader = subscriber("mosquitto", "-t", "lines", "-q", 1)
    publish("-t", "lines", "-l", "-q", 1, input=b"one\ntwo\n\nfour")
    for line in ("lines one", "lines two", "lines (null)", "lines four"):
        assert reader.next_line() == line


def test_a_message_may_be_longer_than_255_octets(publish, reader):
    node = reader("-t", "long")
    publish("-t", "long", "-s", "-q", 1, input=b"x" * 1000)
    assert node.next_message() == "long " + "x" * 1000


def test_a_retained_message_waits(publish, runner, gateway):
    publish("-t", "kept", "-m", "x", "-r", "-q", 1)
    result = runner.run("martlet", "sub", "--sn", gateway, "-t", "kept", "-C", 1, "-W", 20)
    assert (result.returncode, result.stdout) == (0, b"x\n")
    result = runner.run("martlet", "sub", "--sn", gateway, "-t", "kept", "-R", "-W", 1)
    assert (result.returncode, result.stdout) == (27, b"")


def test_a_kept_session_collects_messages(runner, gateway, publish):
    session = ["--sn", gateway, "-i", "collector", "-c", "-q", 1, "-t", "mail"]
    assert runner.run("martlet", "sub", *session, "-E", "-W", 20).returncode == 0
    publish("-t", "mail", "-m", "one", "-q", 1)
    result = runner.run("martlet", "sub", *session, "-C", 1, "-W", 20)
    assert (result.returncode, result.stdout) == (0, b"one\n")


def test_a_subscription_can_be_ended(runner, gateway, publish):
    session = ["--sn", gateway, "-i", "collector", "-c", "-q", 1]
    for option in ("-t", "-U"):
        result = runner.run("martlet", "sub", *session, option, "mail", "-E", "-W", 20)
        assert result.returncode == 0
    publish("-t", "mail", "-m", "one", "-q", 1)
    result = runner.run("martlet", "sub", *session, "-t", "other", "-W", 1)
    assert (result.returncode, result.stdout) == (27, b"")


def test_a_killed_node_leaves_its_will(reader, subscriber):
    listener = subscriber("mosquitto", "-t", "wills/#", "-q", 1)
    node = reader(
        "-t", "a", "-k", 5, "--will-topic", "wills/n1", "--will-payload", "gone", "--will-qos", 1)
    node.stop()
    assert listener.next_line() == "wills/n1 gone"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_sub_with_its_farewell(reader, number):
    node = reader("-t", "a", "--will-topic", "wills")
    node.process.send_signal(number)
    assert node.process.wait(20) == 0
    assert list(node.rest())[-1].endswith("received DISCONNECT")


def test_sub_connects_again_to_a_gateway_that_was_away(start_daemon, broker, reader, publish):
    node = reader("-t", "a", "-k", 5, "--retry-interval", 200)
    port = broker.sn_port
    broker.end()
    start_daemon(CONFIGURATION.replace(
        "listener 0 127.0.0.1\nprotocol", f"listener {port} 127.0.0.1\nprotocol"))
    node.wait_for("received SUBACK")
    publish("-t", "a", "-m", "back", "-q", 1)
    assert node.next_message() == "a back"


@pytest.mark.parametrize("verb, rest", [("pub", ["-m", "x"]), ("sub", [])])
def test_a_silent_gateway_is_status_19(runner, verb, rest):
    # The port of nobody.
    result = runner.run(
        "martlet", verb, "--sn", "udp://127.0.0.1:9", "-t", "a", "--retry-interval", 50, *rest)
    assert result.returncode == 19
    assert result.stderr == b"Error: The gateway did not answer in time.\n"


@pytest.mark.parametrize("verb, rest", [("pub", ["-m", "x"]), ("sub", [])])
@pytest.mark.parametrize("option", [
    ["-h", "localhost"], ["-p", "1883"], ["-u", "me"], ["-P", "word"], ["-V", "5"], ["-x", "5"],
    ["-D", "connect", "receive-maximum", "5"], ["--sn", "tcp://a:1"], ["--sn", "udp://a"],
    ["--sn", "serial:"], ["--framing", "raw"], ["--short", "-t", "abc", "-q", "-1"],
    ["--predefined", "0"],
])
def test_options_that_mean_nothing_to_a_node_are_refused(runner, verb, rest, option):
    result = runner.run(
        "martlet", verb, "--sn", "udp://127.0.0.1:9", "-t", "a", *option, *rest)
    assert result.returncode == 1 and result.stderr.startswith(b"Error: ")


@pytest.mark.parametrize("option", [["--predefined", "5"], ["--short"], ["-q", "-1"]])
def test_options_of_a_node_need_a_gateway(runner, option):
    result = runner.run("martlet", "pub", "-t", "ab", "-m", "x", *option)
    assert result.returncode == 1 and b"MQTT-SN (--sn)" in result.stderr


def test_a_gateway_may_have_an_ipv6_address(start_daemon, runner):
    daemon = start_daemon(
        "listener 0 127.0.0.1\nlistener 0 ::1\nprotocol mqttsn\nallow_anonymous true\n")
    result = runner.run(
        "martlet", "pub", "--sn", f"udp://[::1]:{daemon.sn_port}", "-t", "a", "-m", "x", "-q", 1)
    assert result.returncode == 0, result.stderr


@pytest.fixture
def far_end(tmp_path):
    """Two pseudo-terminals joined at their middle: a line with a path at both ends."""
    ends = JoinedLine(tmp_path)
    yield ends
    ends.close()


@pytest.mark.parametrize("framing", ["hdlc", "raw"])
def test_a_serial_line_carries_all_of_it(
        start_daemon, far_end, runner, framing):
    daemon = start_daemon(
        "listener 0 127.0.0.1\nallow_anonymous true\nlog_type all\n"
        + SERIAL.format(path=far_end.daemon.path, framing=framing))
    where = ["--sn", f"serial:{far_end.node.path},115200", "--framing", framing]
    result = runner.run(
        "martlet", "pub", *where, "-t", "a/b", "-m", "x", "-q", 1, "-r")
    assert result.returncode == 0, result.stderr
    result = runner.run(
        "martlet", "sub", "-p", daemon.mqtt_port, "-t", "a/b", "-C", 1, "-W", 20, "-v")
    assert (result.returncode, result.stdout) == (0, b"a/b x\n")
    result = runner.run("martlet", "sub", *where, "-t", "a/#", "-C", 1, "-W", 20, "-v")
    assert (result.returncode, result.stdout) == (0, b"a/b x\n")


def test_a_line_that_is_unplugged_ends_pub(runner, line):
    process = LineProcess(runner.command(
        "martlet", "pub", "--sn", f"serial:{line.path}", "-t", "a", "-m", "x", "-d"))
    while "CONNECT" not in process.next_line():
        pass
    line.unplug()
    assert process.process.wait(20) == 7


@pytest.mark.parametrize("tool", ["martlet", "mosquitto"])
def test_qos_2_reaches_an_mqtt_client_once(publish, subscriber, tool):
    reader = subscriber(tool, "-t", "a/#", "-q", 2)
    trace = publish("-t", "a/b", "-l", "-q", 2, "-d", input=b"one\ntwo\n").stdout
    assert trace.count(b"sending PUBREL") == 2 and trace.count(b"received PUBCOMP") == 2
    publish("-t", "a/b", "-m", "three", "-q", 2)
    for word in ("one", "two", "three"):
        assert reader.next_line() == f"a/b {word}"


def test_qos_2_of_an_mqtt_client_arrives_once(reader, runner, broker):
    node = reader("-t", "a/#", "-q", 2)
    for number in range(3):
        runner.publish(
            "mosquitto", broker.mqtt_port, "-t", f"a/{number}", "-m", number, "-q", 2)
        assert node.next_message() == f"a/{number} {number}"
    node.wait_for("sending PUBCOMP")


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_a_sleeper_gets_what_came_meanwhile(reader, runner, broker, qos):
    node = reader("-t", "a/#", "-q", qos, "--sleep", 1)
    for _ in range(2):
        node.wait_for("received DISCONNECT" if _ == 0 else "received PINGRESP")
        for topic in ("a/b", "a/c"):
            runner.publish("mosquitto", broker.mqtt_port, "-t", topic, "-m", "x", "-q", qos)
        assert node.next_message() == "a/b x"
        assert node.next_message() == "a/c x"
    node.wait_for("received PINGRESP")


def test_a_killed_sleeper_leaves_its_will(reader, subscriber):
    listener = subscriber("mosquitto", "-t", "wills/#")
    node = reader(
        "-t", "a", "--sleep", 1, "--retry-interval", 100, "--will-topic", "wills/n1",
        "--will-payload", "gone")
    node.wait_for("received PINGRESP")
    node.stop()
    assert listener.next_line() == "wills/n1 gone"


def test_a_sleeper_wakes_to_say_farewell(reader):
    node = reader("-t", "a", "--sleep", 60)
    node.wait_for("received DISCONNECT")
    node.process.send_signal(signal.SIGTERM)
    assert node.process.wait(20) == 0


def test_a_node_may_stand_behind_a_forwarder(reader, publish):
    node = reader("-t", "a/b", "--forwarder", "n1", "-q", 1)
    publish("-t", "a/b", "-m", "x", "--forwarder", "n2", "-q", 1)
    assert node.next_message() == "a/b x"
