"""paho-mqtt in every protocol version, and all that 5.0 adds, as its users call it."""

import pytest
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from daemon import PATIENCE
from pythonclients import PacketTypes, paho, properties

VERSIONS = {"3.1": paho.MQTTv31, "3.1.1": paho.MQTTv311, "5.0": paho.MQTTv5}
every_version = pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS.keys())


@pytest.fixture
def client5(python_client):
    """Connects clients of 5.0."""
    return lambda *arguments, **options: python_client(
        *arguments, version=paho.MQTTv5, **options)


@pytest.mark.parametrize("qos", [0, 1, 2])
@every_version
def test_messages_go_from_every_version_to_every_other(python_client, version, qos):
    readers = [python_client(f"reader{other}", version=other, subscribe=[("a/+", qos)])
               for other in VERSIONS.values()]
    writer = python_client("writer", version=version)
    for number in range(20):
        writer.publish(f"a/{number}", str(number), qos)
    for reader in readers:
        reader.expect(*[(f"a/{number}", str(number).encode()) for number in range(20)])


@every_version
def test_a_session_is_taken_over(python_client, version):
    first = python_client("same", version=version)
    python_client("same", version=version)
    assert first.is_disconnected.wait(PATIENCE)
    if version == paho.MQTTv5:
        assert first.disconnect_reason.value == 0x8E


@every_version
def test_a_will_is_sent_and_kept(python_client, version):
    reader = python_client("reader", version=version, subscribe=[("will/#", 2)])
    will = {"topic": "will/a", "payload": "gone", "qos": 2, "retain": True}
    python_client("dying", version=version, will=will).break_off()
    reader.expect(("will/a", b"gone"))
    assert python_client("late", version=version, subscribe=[("will/#", 0)]).next_message().retain


def test_every_property_of_a_message_arrives(client5):
    reader = client5(subscribe=[("a", 1)])
    client5().publish(
        "a", "x", 1, PayloadFormatIndicator=1, ContentType="text/plain", ResponseTopic="b/c",
        CorrelationData=b"\x00\xff", MessageExpiryInterval=100,
        UserProperty=[("one", "1"), ("one", "2"), ("two", "")])
    told = reader.next_message().properties
    assert (told.PayloadFormatIndicator, told.ContentType) == (1, "text/plain")
    assert (told.ResponseTopic, told.CorrelationData) == ("b/c", b"\x00\xff")
    assert told.UserProperty == [("one", "1"), ("one", "2"), ("two", "")]
    assert 90 < told.MessageExpiryInterval <= 100


def test_a_session_lives_as_long_as_it_was_asked_to(client5):
    client5("keeper", clean=False, SessionExpiryInterval=60, subscribe=[("a", 1)]).close()
    client5().publish("a", "x", 1)
    second = client5("keeper", clean=False)
    assert second.session_present
    second.expect(("a", b"x"))
    second.close()
    assert not client5("keeper", clean=False).session_present


def test_a_goodbye_changes_how_long_a_session_lives(client5):
    keep = properties("DISCONNECT", SessionExpiryInterval=0)
    client5("keeper", clean=False, SessionExpiryInterval=60).close(properties=keep)
    assert not client5("keeper", clean=False).session_present


def test_an_id_is_assigned_and_its_session_can_be_resumed(client5):
    first = client5("", SessionExpiryInterval=60)
    assigned = first.connack.AssignedClientIdentifier
    first.close()
    assert client5(assigned, clean=False).session_present


def test_a_shared_subscription_shares_between_versions(python_client):
    readers = [python_client(f"reader{version}", version=version,
                             subscribe=[("$share/g/jobs", 1), ("end", 1)])
               for version in VERSIONS.values()]
    writer = python_client(version=paho.MQTTv5)
    for number in range(30):
        writer.publish("jobs", str(number), 1)
    writer.publish("end", "", 1)
    got = []
    for reader in readers:
        got.append([])
        while (message := reader.next_message()).topic != "end":
            got[-1].append(message.payload)
    assert all(got) and sorted(sum(got, [])) == sorted(str(n).encode() for n in range(30))


def test_an_alias_stands_for_its_topic(client5):
    writer, reader = client5(), client5(subscribe=[("a/#", 1)])
    assert writer.connack.TopicAliasMaximum >= 2
    for number, topic in enumerate(["a/long/topic", "", "a/other", "", ""]):
        writer.publish(topic, str(number), 1, TopicAlias=1)
    reader.expect(*[("a/long/topic", b"0"), ("a/long/topic", b"1"), ("a/other", b"2"),
                    ("a/other", b"3"), ("a/other", b"4")])


def test_an_alias_above_the_maximum_closes(client5):
    writer = client5()
    alias = writer.connack.TopicAliasMaximum + 1
    writer.client.publish("a", "x", 0, properties=properties("PUBLISH", TopicAlias=alias))
    assert writer.is_disconnected.wait(PATIENCE)
    assert writer.disconnect_reason.value == 0x94


@pytest.mark.parametrize("delay, expiry", [(0, 60), (1, 60), (60, 0), (60, 1)])
def test_a_will_waits_no_longer_than_its_delay_and_its_session(client5, delay, expiry):
    reader = client5(subscribe=[("will/#", 1)])
    will = {"topic": "will/a", "payload": "gone", "qos": 1,
            "properties": properties("WILLMESSAGE", WillDelayInterval=delay, ContentType="text")}
    client5("dying", will=will, SessionExpiryInterval=expiry).break_off()
    message = reader.next_message()
    assert (message.topic, message.properties.ContentType) == ("will/a", "text")


def test_a_client_that_is_back_in_time_leaves_no_will(client5):
    reader = client5(subscribe=[("will/#", 1)])
    will = {"topic": "will/a", "payload": "gone", "qos": 1,
            "properties": properties("WILLMESSAGE", WillDelayInterval=60)}
    client5("dying", will=will, SessionExpiryInterval=60).break_off()
    client5("dying", clean=False).close()
    client5().publish("will/end", "", 1)
    reader.expect(("will/end", b""))


def test_a_goodbye_with_a_will_sends_it(client5):
    reader = client5(subscribe=[("will/#", 1)])
    will = {"topic": "will/a", "payload": "gone", "qos": 1}
    client5("leaving", will=will).close(reasoncode=ReasonCode(PacketTypes.DISCONNECT, identifier=4))
    reader.expect(("will/a", b"gone"))


def test_no_local(client5):
    client = client5()
    client.subscribe("a", options=SubscribeOptions(1, noLocal=True))
    client.publish("a", "mine", 1)
    client5().publish("a", "other", 1)
    client.expect(("a", b"other"))


@pytest.mark.parametrize("kept, told", [(True, True), (False, False)])
def test_retain_as_published(client5, kept, told):
    client = client5()
    client.subscribe("a", options=SubscribeOptions(1, retainAsPublished=kept))
    client5().publish("a", "x", 1, retain=True)
    assert client.next_message().retain == told


@pytest.mark.parametrize("handling, times", [(0, 2), (1, 1), (2, 0)])
def test_retain_handling(client5, handling, times):
    client5().publish("a", "old", 1, retain=True)
    client = client5()
    for _ in range(2):
        client.subscribe("a", options=SubscribeOptions(1, retainHandling=handling))
    client5().publish("a", "new", 1)
    client.expect(*[("a", b"old")] * times, ("a", b"new"))


def test_subscription_identifiers(client5):
    reader = client5()
    for number, topic in enumerate(["a/b", "a/+", "#"], 1):
        reader.subscribe(topic, 1, properties=properties(
            "SUBSCRIBE", SubscriptionIdentifier=number))
    client5().publish("a/b", "x", 1)
    seen = []
    while len(seen) < 3:
        seen += reader.next_message().properties.SubscriptionIdentifier
    assert sorted(seen) == [1, 2, 3]


def test_reason_codes(client5):
    client = client5()
    assert client.subscribe([("a", SubscribeOptions(0)), ("b", SubscribeOptions(2))]) == [0, 2]
    assert client.unsubscribe(["a", "c"]) == [0, 0x11]


def test_a_message_that_is_too_large_is_not_sent(client5):
    reader = client5("small", MaximumPacketSize=100, subscribe=[("a", 1)])
    writer = client5()
    writer.publish("a", "x" * 200, 1)
    writer.publish("a", "short", 1)
    reader.expect(("a", b"short"))


def test_a_message_that_has_expired_is_not_kept(client5):
    client5("keeper", clean=False, SessionExpiryInterval=60, subscribe=[("a", 1)]).close()
    # Comes in order behind the expiry, by the broker's own clock.
    clock = client5(subscribe=[("will/#", 1)])
    writer = client5()
    writer.publish("a", "stale", 1, MessageExpiryInterval=1)
    writer.publish("a", "good", 1, MessageExpiryInterval=100)
    will = {"topic": "will/a", "payload": "", "qos": 1,
            "properties": properties("WILLMESSAGE", WillDelayInterval=2)}
    client5("dying", will=will, SessionExpiryInterval=60).break_off()
    clock.expect(("will/a", b""))
    client5("keeper", clean=False).expect(("a", b"good"))
