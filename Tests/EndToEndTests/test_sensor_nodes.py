"""MQTT-SN nodes over UDP, with octets written by hand."""

import pytest

from daemon import eventually
from nodes import (
    CLEAN, CONNACK, CONNECT, DISCONNECT, DUP, GWINFO, NORMAL, PREDEFINED, PUBACK, PUBLISH, QOS1,
    QOS_MINUS_ONE, REGACK, REGISTER, RETAIN, SEARCHGW, SHORT, SUBACK, SUBSCRIBE, UNSUBACK,
    UNSUBSCRIBE, WILL, WILLMSG, WILLMSGREQ, WILLTOPIC, WILLTOPICREQ, octet,
)

CONFIGURATION = """\
listener 0 127.0.0.1
listener 0 127.0.0.1
protocol mqttsn
allow_anonymous true
gateway_id 9
predefined_topic 5 sensors/predefined
predefined_topic 6 sensors/mine alone
log_type all
"""


@pytest.fixture
def broker(start_daemon):
    return start_daemon(CONFIGURATION)


def test_a_search_finds_the_gateway(udp_node):
    node = udp_node()
    node.send(SEARCHGW, b"\x00")
    node.expect(GWINFO, b"\x09")


def test_a_reading_reaches_mosquitto_sub(udp_node, subscriber):
    reader = subscriber("mosquitto", "-t", "sensors/#", "-q", 1)
    node = udp_node()
    node.connect("n1")
    topic = node.register("sensors/n1/temperature")
    node.publish(topic, b"21.5", message_id=2)
    node.send(PUBLISH, b"\x00", topic, 0, b"21.6")
    assert reader.next_line() == "sensors/n1/temperature 21.5"
    assert reader.next_line() == "sensors/n1/temperature 21.6"


def test_a_message_longer_than_255_octets_arrives(udp_node, python_client):
    reader = python_client(subscribe=[("long", 1)])
    node = udp_node()
    node.connect("n1")
    node.publish(node.register("long"), b"x" * 1000)
    reader.expect(("long", b"x" * 1000))


def test_a_topic_may_be_short_or_predefined(udp_node, python_client):
    reader = python_client(subscribe=[("ab", 1), ("sensors/#", 1)])
    node = udp_node()
    node.connect("n1")
    node.publish(int.from_bytes(b"ab", "big"), b"1", 2, QOS1 | SHORT)
    node.publish(5, b"2", 3, QOS1 | PREDEFINED)
    reader.expect(("ab", b"1"), ("sensors/predefined", b"2"))


# effect: predefined_topic
def test_a_predefined_topic_may_belong_to_one_node(udp_node, python_client):
    reader = python_client(subscribe=[("sensors/#", 1)])
    node, other = udp_node(), udp_node()
    node.connect("alone")
    other.connect("other")
    other.send(PUBLISH, octet(QOS1 | PREDEFINED), 6, 2, b"no")
    other.expect(PUBACK, 6, 2, b"\x02")
    node.publish(6, b"yes", 2, QOS1 | PREDEFINED)
    reader.expect(("sensors/mine", b"yes"))


def test_a_node_publishes_without_connecting(udp_node, python_client):
    reader = python_client(subscribe=[("ab", 0), ("sensors/#", 0)])
    node = udp_node()
    node.send(PUBLISH, octet(QOS_MINUS_ONE | SHORT), b"ab", 0, b"1")
    reader.expect(("ab", b"1"))
    node.send(PUBLISH, octet(QOS_MINUS_ONE | PREDEFINED), 5, 0, b"2")
    reader.expect(("sensors/predefined", b"2"))


def test_an_unknown_topic_id_is_refused(udp_node):
    node = udp_node()
    node.connect("n1")
    node.send(PUBLISH, octet(QOS1 | NORMAL), 0x1234, 7, b"x")
    node.expect(PUBACK, 0x1234, 7, b"\x02")


def test_a_registered_name_keeps_its_id(udp_node):
    node = udp_node()
    node.connect("n1")
    topic = node.register("a/b", 1)
    assert node.register("a/b", 2) == topic
    assert node.register("a/c", 3) != topic


def test_a_plain_subscription_needs_no_registration(udp_node, runner, broker):
    node = udp_node()
    node.connect("n1")
    topic = node.subscribe("commands/n1")
    assert topic != 0
    runner.publish("mosquitto", broker.mqtt_port, "-t", "commands/n1", "-m", "on", "-q", 1)
    assert node.accept_publish(topic, b"on") & 0x60 == QOS1


def test_a_wildcard_registers_before_it_delivers(udp_node, runner, broker):
    node = udp_node()
    node.connect("n1")
    assert node.subscribe("commands/#") == 0
    runner.publish("mosquitto", broker.mqtt_port, "-t", "commands/light", "-m", "on", "-q", 1)
    topic = node.accept_registration("commands/light")
    node.accept_publish(topic, b"on")
    runner.publish("mosquitto", broker.mqtt_port, "-t", "commands/light", "-m", "off", "-q", 1)
    node.accept_publish(topic, b"off")


def test_a_short_name_is_delivered_as_one(udp_node, runner, broker):
    node = udp_node()
    node.connect("n1")
    node.send(SUBSCRIBE, octet(QOS1 | SHORT), 3, b"ab")
    answer = node.receive()
    assert answer[1] == SUBACK and answer[-1] == 0
    runner.publish("mosquitto", broker.mqtt_port, "-t", "ab", "-m", "x", "-q", 1)
    flags = node.accept_publish(int.from_bytes(b"ab", "big"), b"x")
    assert flags & 0x03 == SHORT


def test_nodes_hear_each_other(udp_node):
    reader, writer = udp_node(), udp_node()
    reader.connect("reader")
    writer.connect("writer")
    topic = reader.subscribe("between", flags=0)
    writer.publish(writer.register("between"), b"x")
    assert reader.accept_publish(topic, b"x") & 0x60 == 0


def test_a_retained_reading_waits(udp_node, python_client):
    node = udp_node()
    node.connect("n1")
    node.publish(node.register("kept"), b"x", flags=QOS1 | RETAIN)
    reader = python_client(subscribe=[("kept", 1)])
    message = reader.next_message()
    assert message.payload == b"x" and message.retain


def test_an_unacknowledged_delivery_is_repeated(udp_node, runner, broker):
    node = udp_node()
    node.connect("n1")
    topic = node.subscribe("a/b")
    runner.publish("mosquitto", broker.mqtt_port, "-t", "a/b", "-m", "x", "-q", 1)
    first = node.receive()
    second = node.receive()
    assert first[1] == second[1] == PUBLISH and first[5:] == second[5:]
    assert not first[2] & DUP and second[2] & DUP
    node.send(PUBACK, topic, int.from_bytes(first[5:7], "big"), b"\x00")
    node.ping()


def test_an_unsubscription_is_acknowledged(udp_node):
    node = udp_node()
    node.connect("n1")
    node.subscribe("a/b", 3)
    node.send(UNSUBSCRIBE, b"\x00", 4, b"a/b")
    node.expect(UNSUBACK, 4)


def test_a_node_pings_and_disconnects(udp_node):
    node = udp_node()
    node.connect("n1")
    node.ping()
    node.send(DISCONNECT)
    node.expect(DISCONNECT)


def test_a_lost_node_leaves_its_will(udp_node, python_client):
    reader = python_client(subscribe=[("will/#", 1)])
    node = udp_node()
    node.send(CONNECT, octet(CLEAN | WILL), b"\x01", 1, b"n1")
    node.expect(WILLTOPICREQ)
    node.send(WILLTOPIC, octet(QOS1), b"will/n1")
    node.expect(WILLMSGREQ)
    node.send(WILLMSG, b"lost")
    node.expect(CONNACK, b"\x00")
    reader.expect(("will/n1", b"lost"))


def test_a_node_keeps_its_session_when_it_moves(udp_node, runner, broker):
    node = udp_node()
    node.connect("n1", flags=0)
    node.subscribe("a/b")
    node.connect("n1", flags=0)
    moved = udp_node()
    moved.connect("n1", flags=0)
    runner.publish("mosquitto", broker.mqtt_port, "-t", "a/b", "-m", "x", "-q", 1)
    answer = moved.receive()
    if answer[1] == REGISTER:
        moved.send(REGACK, answer[2:6], b"\x00")
        answer = moved.receive()
    assert answer[1] == PUBLISH and answer[7:] == b"x"


def test_a_fleet_reports_what_it_did(broker, runner, python_client):
    reader = python_client(subscribe=[("#", 0)])
    result = runner.run(
        "martlet", "fleet", "--nodes", 5, "--seconds", 3, "--via",
        f"udp://127.0.0.1:{broker.sn_port}")
    assert result.returncode == 0, result.stderr
    for word in (b"sent", b"acknowledged", b"lost"):
        assert word in result.stdout
    topics = set()
    assert eventually(
        lambda: topics.add(reader.next_message().topic.split("/")[1]) or len(topics) == 5)
