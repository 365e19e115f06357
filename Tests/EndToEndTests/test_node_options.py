"""What each option for nodes changes: the same steps with the option and without it."""

import pytest

from nodes import (
    CLEAN, CONNACK, CONNECT, DISCONNECT, DUP, GWINFO, PINGREQ, PINGRESP, PREDEFINED, PUBACK, PUBLISH,
    QOS1, QOS_MINUS_ONE, REGACK, REGISTER, SEARCHGW, SHORT, SUBSCRIBE, message, octet,
)

CONFIGURATION = """\
listener 0 127.0.0.1
listener 0 127.0.0.1
protocol mqttsn
allow_anonymous true
predefined_topic 5 sensors/predefined
log_type all
sys_interval 1
"""


@pytest.fixture
def daemon(request, start_daemon):
    return start_daemon(CONFIGURATION + getattr(request, "param", ""))


@pytest.fixture
def broker(daemon):
    return daemon


def with_option(option, without, having):
    """Runs a test with and without an option, with what it is to find then."""
    return pytest.mark.parametrize(
        "daemon, expected", [("", without), (option + "\n", having)], indirect=["daemon"],
        ids=["default", option.replace(" ", "-").replace("\n", "-")])


def subscribe_short(node, name=b"ab", flags=QOS1):
    node.send(SUBSCRIBE, octet(flags | SHORT), 3, name)
    assert node.receive()[-1] == 0


def delivery(name, message_id, payload, flags=QOS1):
    return message(PUBLISH, octet(flags | SHORT), name, message_id, payload).hex(" ")


@pytest.fixture
def counted(python_client):
    """Insists that the gateway has counted once what a test has had refused, or nothing."""
    def check(name, value):
        reader = python_client(subscribe=[(f"$SYS/broker/gateway/total/{name}_refused", 0)])
        while reader.next_message().payload.decode() != str(value):
            pass

    return check


# effect: max_nodes
@with_option("max_nodes 1", 0, 1)
def test_as_many_nodes_as_there_may_be(daemon, udp_node, counted, expected):
    udp_node().connect("one")
    other = udp_node()
    other.send(CONNECT, octet(CLEAN), b"\x01", 60, b"two")
    other.expect(CONNACK, octet(expected))
    counted("nodes", expected)


# effect: max_node_topics
@with_option("max_node_topics 1", 0, 1)
def test_as_many_topics_of_a_node(daemon, udp_node, counted, expected):
    node = udp_node()
    node.connect("one")
    node.register("first")
    node.send(REGISTER, 0, 2, b"second")
    answer = node.receive()
    assert answer[1] == REGACK and answer[-1] == expected
    counted("topics", expected)


# effect: node_inflight_messages
@with_option("node_inflight_messages 2", 1, 2)
def test_as_many_messages_on_their_way(daemon, udp_node, python_client, expected):
    node = udp_node()
    node.connect("one")
    subscribe_short(node)
    writer = python_client()
    for payload in ("1", "2", "3"):
        writer.publish("ab", payload, 1)
    for number in range(1, expected + 1):
        assert node.receive().hex(" ") == delivery(b"ab", number, b"%d" % number)
    node.ping()


def wake_up(node, *names_and_payloads):
    node.send(PINGREQ, b"sleeper")
    for number, (name, payload) in enumerate(names_and_payloads, start=1):
        assert node.receive().hex(" ") == delivery(name, number, payload)
        node.send(PUBACK, name, number, b"\x00")
    node.expect(PINGRESP)


def fall_asleep(node):
    node.connect("sleeper")
    for name in (b"aa", b"bb"):
        subscribe_short(node, name)
    node.send(DISCONNECT, 60)
    node.expect(DISCONNECT)


# effect: node_queue_messages
@with_option("node_queue_messages 2", [b"1", b"2", b"3"], [b"2", b"3"])
def test_as_many_messages_wait_for_a_sleeper(daemon, udp_node, python_client, expected):
    node = udp_node()
    fall_asleep(node)
    writer = python_client()
    for payload in ("1", "2", "3"):
        writer.publish("aa", payload, 1)
    wake_up(node, *[(b"aa", payload) for payload in expected])


# effect: node_queue_policy
@pytest.mark.parametrize("daemon, expected", [
    ("node_queue_messages 2\n", [(b"bb", b"2"), (b"bb", b"3")]),
    ("node_queue_messages 2\nnode_queue_policy newest_per_topic\n",
     [(b"aa", b"1"), (b"bb", b"3")]),
], indirect=["daemon"])
def test_what_goes_when_too_much_waits(daemon, udp_node, python_client, expected):
    node = udp_node()
    fall_asleep(node)
    writer = python_client()
    for topic, payload in (("aa", "1"), ("bb", "2"), ("bb", "3")):
        writer.publish(topic, payload, 1)
    wake_up(node, *expected)


# effect: node_retry_interval node_retry_limit
@pytest.mark.parametrize("daemon, limit", [
    (f"node_retry_interval 1\nnode_retry_limit {limit}\n", limit) for limit in (0, 2)
], indirect=["daemon"])
def test_requests_are_repeated_as_often_as_said(daemon, udp_node, python_client, limit):
    node = udp_node()
    node.connect("one")
    subscribe_short(node)
    python_client().publish("ab", "1", 1)
    for attempt in range(limit + 1):
        flags = QOS1 | (DUP if attempt else 0)
        assert node.receive().hex(" ") == delivery(b"ab", 1, b"1", flags)
    daemon.wait_for_log("Node one .* does not answer, lost")


# effect: publish_without_connection
@with_option("publish_without_connection false", [("ab", b"1"), ("ab", b"2")], [("ab", b"2")])
def test_messages_without_a_connection(daemon, udp_node, python_client, counted, expected):
    reader = python_client(subscribe=[("ab", 0)])
    node = udp_node()
    node.send(PUBLISH, octet(QOS_MINUS_ONE | SHORT), b"ab", 0, b"1")
    node.connect("one")
    node.publish(int.from_bytes(b"ab", "big"), b"2", 2, QOS1 | SHORT)
    reader.expect(*expected)
    counted("publishes", 2 - len(expected))


# effect: allow_unlisted_nodes
@with_option(
    "allow_unlisted_nodes false", [("sensors/predefined", b"1"), ("ab", b"2")], [("ab", b"2")])
def test_messages_of_unlisted_addresses(daemon, udp_node, python_client, expected):
    reader = python_client(subscribe=[("sensors/#", 0), ("ab", 0)])
    node = udp_node()
    node.send(PUBLISH, octet(QOS_MINUS_ONE | PREDEFINED), 5, 0, b"1")
    node.send(SEARCHGW, b"\x00")
    node.expect(GWINFO, b"\x01")
    python_client().publish("ab", "2", 0)
    reader.expect(*expected)
    if len(expected) == 1:
        daemon.wait_for_log(r"Message from udp 127\.0\.0\.1:\d+ not taken: no listed node is there")


FORWARDED = bytes([4, 0xFE, 0, 1])


# effect: forwarders
@with_option("forwarders false", [FORWARDED + message(GWINFO, b"\x01")], [])
def test_whether_forwarders_may_speak(daemon, udp_node, counted, expected):
    node = udp_node()
    node.transmit(FORWARDED + message(SEARCHGW, b"\x00"))
    node.send(SEARCHGW, b"\x00")
    for data in [*expected, message(GWINFO, b"\x01")]:
        assert node.receive().hex(" ") == data.hex(" ")
    counted("forwarders", 1 - len(expected))


def test_a_group_of_the_other_family_is_told_of(start_daemon):
    daemon = start_daemon(CONFIGURATION.replace(
        "protocol mqttsn\n", "protocol mqttsn\nmulticast_group ff02::1%lo\n"))
    daemon.wait_for_log(r"Not in the group ff02::1: the listener has no address of its family")
