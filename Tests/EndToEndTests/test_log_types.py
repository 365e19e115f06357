"""`log_type`: which lines there are, with Mosquitto's words where it has some."""

import socket

import pytest

from brokers import MosquittoBroker, configuration
from pythonclients import PythonClient

# What the traffic below must leave in the log of either broker, by type.
PACKETS = """\
Will message specified (3 bytes) (r1, q0).
\twill/x
No will message specified.
Sending CONNACK to s (0, 0)
Received SUBSCRIBE from s
\ta/b (QoS 1)
\tc/# (QoS 1)
Sending SUBACK to s
Received UNSUBSCRIBE from s
\tz
Sending UNSUBACK to s
Received PUBLISH from p (d0, q2, r0, m1, 'a/b', ... (5 bytes))
Sending PUBREC to p (m1, rc0)
Received PUBREL from p (Mid: 1)
Sending PUBCOMP to p (m1)
Sending PUBLISH to s (d0, q1, r0, m1, 'a/b', ... (5 bytes))
Received PUBLISH from q (d0, q1, r1, m1, 'alone', ... (0 bytes))
Sending PUBACK to q (m1, rc16)
Received DISCONNECT from p
""".splitlines()
SUBSCRIPTIONS = ["s 1 a/b", "s 1 c/#"]
UNSUBSCRIPTIONS = ["s z"]


@pytest.fixture(params=["martlet", "mosquitto"])
def log_of_traffic(request, start_daemon, runner, tmp_path):
    """Starts a broker with options, lets clients publish and subscribe, and gives its log's lines
    without their times."""
    brokers = []

    def run(*options):
        if request.param == "martlet":
            brokers.append(start_daemon(configuration(0, options)))
            port = brokers[-1].mqtt_port
        else:
            brokers.append(MosquittoBroker(
                tmp_path / f"mosquitto-{len(brokers)}.conf", "user root", *options))
            port = brokers[-1].port
        runner.run("mosquitto", "sub", "-p", port, "-i", "s", "-q", 1, "-c", "-t", "a/b", "-t",
                   "c/#", "-U", "z", "-E", "--will-topic", "will/x", "--will-payload", "bye",
                   "--will-retain")
        reader = ["sub", "-p", port, "-i", "s", "-q", 1, "-c", "-t", "a/b", "-t", "c/#", "-C", 1]
        runner.publish("mosquitto", port, "-i", "p", "-t", "a/b", "-m", "hello", "-q", 2)
        assert runner.run("mosquitto", *reader).stdout == b"hello\n"
        runner.publish("mosquitto", port, "-i", "q", "-t", "alone", "-n", "-r", "-q", 1, "-V", 5)
        brokers[-1].end()
        return [line.split(": ", 1)[1] for line in brokers[-1].log.splitlines() if ": " in line]

    yield run
    for broker in brokers:
        broker.finish()


def test_all_shows_every_packet_and_subscription(log_of_traffic):
    lines = log_of_traffic("log_type all")
    for line in PACKETS + SUBSCRIPTIONS + UNSUBSCRIPTIONS:
        assert line in lines, "\n".join(lines)


# effect: log_type
@pytest.mark.parametrize("word, wanted", [
    ("debug", PACKETS), ("subscribe", SUBSCRIPTIONS), ("unsubscribe", UNSUBSCRIPTIONS)])
def test_one_type_shows_its_lines_alone(log_of_traffic, word, wanted):
    lines = log_of_traffic("log_type information", f"log_type {word}")
    for line in wanted:
        assert line in lines, "\n".join(lines)
    unwanted = set(PACKETS + SUBSCRIPTIONS + UNSUBSCRIPTIONS) - set(wanted)
    assert not unwanted & set(lines), unwanted & set(lines)
    assert not any("New client connected" in line for line in lines)


def test_without_them_none_is_shown(log_of_traffic):
    lines = log_of_traffic()
    assert not set(PACKETS + SUBSCRIPTIONS + UNSUBSCRIPTIONS) & set(lines)
    assert any("New client connected" in line for line in lines)


def test_a_client_is_told_with_version_session_keepalive_and_user(log_of_traffic):
    lines = log_of_traffic()
    assert any(" as s (p2, c0, k60)." in line for line in lines)
    assert any(" as q (p5, c1, k60)." in line for line in lines)


def test_websockets_is_a_type_of_its_own(start_daemon):
    for option, count in [("log_type websockets\n", 1), ("log_type notice\n", 0)]:
        daemon = start_daemon(
            "listener 0 127.0.0.1\nprotocol websockets\nallow_anonymous true\n"
            f"log_type information\n{option}")
        PythonClient("w", daemon.mqtt_port, transport="websockets").close()
        assert daemon.log.count("speaks WebSocket") == count


def test_internal_tells_of_the_service_manager(start_daemon, tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        plain = "listener 0 127.0.0.1\nallow_anonymous true\n"
        daemon = start_daemon(plain + "log_type information\nlog_type internal\n")
        daemon.wait_for_log("Told the service manager: READY=1")
        assert "Told" not in start_daemon(plain).log
