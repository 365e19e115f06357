"""mqtt.js in every protocol version: the client of web applications and of Node-RED."""

import pytest

from javascript import JavaScript, Page

VERSIONS = {"3.1": 3, "3.1.1": 4, "5.0": 5}
every_version = pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS.keys())


@pytest.fixture(scope="module")
def process():
    """Mqtt.js in a process of its own."""
    process = JavaScript()
    yield process
    process.stop()


@pytest.fixture
def javascript(process, broker):
    """Clients of mqtt.js."""
    page = Page(process, broker.mqtt_port)
    yield page
    page.close()


def kept(version, seconds=60):
    """Options of a session that stays."""
    expiry = {"properties": {"sessionExpiryInterval": seconds}} if version == 5 else {}
    return {"clean": False} | expiry


@every_version
def test_messages_of_every_qos(javascript, version):
    javascript.connect("reader", version)
    javascript.connect("writer", version)
    assert javascript.subscribe("reader", "a/+", qos=2) == [2]
    for qos in (0, 1, 2):
        for number in range(10):
            javascript.publish("writer", f"a/{number}", f"{number}", qos=qos)
        for number in range(10):
            message = javascript.next_message("reader")
            assert (message["topic"], message["payload"], message["qos"]) == (
                f"a/{number}", f"{number}", qos)


@every_version
def test_a_retained_message_and_leaving_a_topic(javascript, version):
    javascript.connect("writer", version)
    javascript.publish("writer", "a", "kept", qos=1, retain=True)
    javascript.subscribe("writer", "a")
    assert javascript.next_message("writer")["retain"]
    javascript.unsubscribe("writer", "a")
    javascript.publish("writer", "a", "unseen", qos=1)
    javascript.subscribe("writer", "b")
    javascript.publish("writer", "b", "seen", qos=1)
    assert javascript.next_message("writer")["payload"] == "seen"


@every_version
def test_a_session_that_is_resumed(javascript, version):
    assert not javascript.connect("keeper", version, **kept(version))["sessionPresent"]
    javascript.subscribe("keeper", "a", qos=1)
    javascript.end("keeper")
    javascript.connect("writer", version)
    javascript.publish("writer", "a", "x", qos=1)
    again = javascript.connect("keeper", version, **kept(version))
    # 3.1 has no such flag.
    assert again["sessionPresent"] == (version != 3)
    assert javascript.next_message("keeper")["payload"] == "x"


@every_version
def test_a_will(javascript, version):
    javascript.connect("reader", version)
    javascript.subscribe("reader", "will/#", qos=1)
    javascript.connect("dying", version, will={"topic": "will/a", "payload": "gone", "qos": 1})
    javascript.break_off("dying")
    assert javascript.next_message("reader")["payload"] == "gone"


@every_version
def test_a_take_over(javascript, version):
    javascript.connect("first", version, clientId="same")
    javascript.connect("second", version, clientId="same")
    javascript.expect("close", "first")
    if version == 5:
        assert javascript.expect("disconnect", "first")["code"] == 0x8E


@every_version
def test_a_refusal(process, start_daemon, version):
    page = Page(process, start_daemon("listener 0 127.0.0.1\nallow_anonymous false\n").mqtt_port)
    page.start("stranger", version)
    assert page.expect("error", "stranger")["code"] == (0x87 if version == 5 else 5)
    page.close()


def test_properties(javascript):
    javascript.connect("reader", 5)
    javascript.subscribe("reader", "a", qos=1, properties={"subscriptionIdentifier": 7})
    javascript.connect("writer", 5)
    javascript.publish("writer", "a", "x", qos=1, properties={
        "payloadFormatIndicator": True, "contentType": "text/plain", "responseTopic": "b",
        "correlationData": "42", "messageExpiryInterval": 100, "userProperties": {"k": ["1", "2"]}})
    told = javascript.next_message("reader")["properties"]
    assert 90 < told.pop("messageExpiryInterval") <= 100
    assert told.pop("subscriptionIdentifier") in (7, [7])
    assert told == {
        "payloadFormatIndicator": True, "contentType": "text/plain", "responseTopic": "b",
        "correlationData": "42", "userProperties": {"k": ["1", "2"]}}


def test_aliases_both_ways(javascript):
    javascript.connect("reader", 5, topicAliasMaximum=5)
    javascript.subscribe("reader", "a/#", qos=1)
    javascript.connect("writer", 5, autoAssignTopicAlias=True)
    for number in range(20):
        javascript.publish("writer", f"a/{number % 7}", f"{number}", qos=1)
    for number in range(20):
        message = javascript.next_message("reader")
        assert (message["topic"], message["payload"]) == (f"a/{number % 7}", f"{number}")


def test_a_shared_subscription(javascript):
    for name in ("one", "two"):
        javascript.connect(name, 5)
        javascript.subscribe(name, "$share/g/jobs", qos=1)
        javascript.subscribe(name, "end", qos=1)
    javascript.connect("writer", 5)
    for number in range(20):
        javascript.publish("writer", "jobs", f"{number}", qos=1)
    javascript.publish("writer", "end", "", qos=1)
    got = []
    for name in ("one", "two"):
        got.append([])
        while (message := javascript.next_message(name))["topic"] != "end":
            got[-1].append(int(message["payload"]))
    assert all(got) and sorted(got[0] + got[1]) == list(range(20))
