"""Messages from publishers to subscribers: our clients and Mosquitto's, in every combination."""

import pytest

from programs import TOOLS


@pytest.mark.parametrize("qos", [0, 1, 2])
@pytest.mark.parametrize("sub", TOOLS)
@pytest.mark.parametrize("pub", TOOLS)
def test_a_message_arrives(broker, runner, subscriber, pub, sub, qos):
    reader = subscriber(sub, "-t", "a/b", "-q", qos)
    runner.publish(pub, broker.mqtt_port, "-t", "a/b", "-m", "hello world", "-q", qos)
    assert reader.next_line() == "a/b hello world"


@pytest.mark.parametrize("pub", TOOLS)
def test_a_payload_may_begin_with_a_minus(broker, runner, subscriber, pub):
    reader = subscriber("mosquitto", "-t", "a")
    runner.publish(pub, broker.mqtt_port, "-t", "a", "-m", "-5")
    assert reader.next_line() == "a -5"


@pytest.mark.parametrize("qos", [0, 1])
def test_messages_keep_their_order(python_client, qos):
    reader = python_client(subscribe=[("order/#", qos)])
    writer = python_client()
    for number in range(200):
        writer.client.publish(f"order/{number % 7}", str(number), qos)
    reader.expect(*[(f"order/{number % 7}", str(number).encode()) for number in range(200)])


@pytest.mark.parametrize("size", [0, 1, 127, 128, 16383, 16384, 300_000])
def test_payloads_of_any_size_arrive_whole(python_client, size):
    payload = bytes(index * 7 & 0xFF for index in range(size))
    reader = python_client(subscribe=[("size", 1)])
    python_client().publish("size", payload, 1)
    reader.expect(("size", payload))


@pytest.mark.parametrize("sub", TOOLS)
@pytest.mark.parametrize("pub", TOOLS)
def test_a_retained_message_waits_for_the_subscriber(broker, runner, pub, sub):
    runner.publish(pub, broker.mqtt_port, "-t", "kept/a", "-m", "one", "-r", "-q", 1)
    result = runner.run(
        sub, "sub", "-p", broker.mqtt_port, "-t", "kept/#", "-C", 1, "-v", "-W", 20)
    assert (result.returncode, result.stdout) == (0, b"kept/a one\n")


def test_an_empty_retained_message_removes_it(python_client):
    writer = python_client()
    writer.publish("kept/a", "one", 1, retain=True)
    writer.publish("kept/b", "two", 1, retain=True)
    writer.publish("kept/a", "", 1, retain=True)
    reader = python_client(subscribe=[("kept/#", 1)])
    message = reader.next_message()
    assert (message.topic, message.payload, message.retain) == ("kept/b", b"two", True)
    writer.publish("kept/end", "live", 1, retain=True)
    assert not reader.next_message().retain
    assert reader.messages.empty()


@pytest.mark.parametrize(
    "topic_filter, topics",
    [
        ("#", ["a", "a/b", "/a", "a/b/c"]),
        ("+", ["a"]),
        ("+/+", ["a/b", "/a"]),
        ("a/#", ["a", "a/b", "a/b/c"]),
        ("a/+/c", ["a/b/c"]),
        ("/+", ["/a"]),
        ("$x/#", ["$x/y"]),
    ],
)
def test_wildcards(python_client, topic_filter, topics):
    reader = python_client(subscribe=[(topic_filter, 1), ("end of test", 1)])
    writer = python_client()
    for topic in ["a", "a/b", "/a", "a/b/c", "$x/y"]:
        writer.publish(topic, "x", 1)
    writer.publish("end of test", "", 1)
    arrived = []
    while (message := reader.next_message()).topic != "end of test":
        arrived.append(message.topic)
    assert arrived == topics


def test_delivery_happens_at_the_lower_quality_of_service(python_client):
    reader = python_client(subscribe=[("zero", 0), ("one", 1)])
    writer = python_client()
    writer.publish("zero", "", 1)
    writer.publish("one", "", 0)
    writer.publish("one", "", 1)
    arrived = [reader.next_message() for _ in range(3)]
    assert [message.qos for message in arrived] == [0, 0, 1]


def test_one_message_reaches_many(python_client):
    readers = [python_client(subscribe=[("news", 1)]) for _ in range(20)]
    python_client().publish("news", "x", 1)
    for reader in readers:
        reader.expect(("news", b"x"))


def test_after_an_unsubscribe_nothing_arrives(python_client):
    reader = python_client(subscribe=[("a", 1), ("b", 1)])
    reader.client.unsubscribe("a")
    reader.subscribe("c", 1)
    writer = python_client()
    writer.publish("a", "", 1)
    writer.publish("b", "x", 1)
    reader.expect(("b", b"x"))
