"""gmqtt, a client of 5.0 with a codec and a session of its own."""

import asyncio

import pytest
from gmqtt import Client, Message, Subscription
from gmqtt.mqtt.constants import MQTTv50, MQTTv311

from daemon import PATIENCE

every_version = pytest.mark.parametrize(
    "version", [MQTTv311, MQTTv50], ids=["3.1.1", "5.0"])


class Guest:
    """A connected client and what has come to it."""

    def __init__(self, name, **options):
        self.client = Client(name, **options)
        self.messages, self.answers = asyncio.Queue(), asyncio.Queue()
        self.disconnected = asyncio.Event()
        self.client.set_config({"reconnect_retries": 0})
        self.client.on_message = self._on_message
        self.client.on_subscribe = lambda _c, _id, codes, _p: self.answers.put_nowait(codes)
        self.client.on_unsubscribe = lambda _c, _id, codes, *_: self.answers.put_nowait(codes)
        self.client.on_disconnect = lambda *_: self.disconnected.set()

    def _on_message(self, _client, topic, payload, qos, properties):
        self.messages.put_nowait((topic, payload, qos, properties))
        return 0

    async def connect(self, port, version=MQTTv50):
        await asyncio.wait_for(self.client.connect("127.0.0.1", port, version=version), PATIENCE)
        return self

    async def subscribe(self, topic, qos=1, options=None, **properties):
        self.client.subscribe(Subscription(topic, qos=qos, **(options or {})), **properties)
        return list(await asyncio.wait_for(self.answers.get(), PATIENCE))

    async def next(self):
        return await asyncio.wait_for(self.messages.get(), PATIENCE)


@pytest.mark.parametrize("qos", [0, 1, 2])
@every_version
def test_publish_and_subscribe(broker, version, qos):
    async def scene():
        reader = await Guest("reader").connect(broker.mqtt_port, version)
        assert await reader.subscribe("a/#", qos) == [qos]
        writer = await Guest("writer").connect(broker.mqtt_port, version)
        for number in range(10):
            writer.client.publish(f"a/{number}", str(number), qos=qos)
        for number in range(10):
            assert (await reader.next())[:3] == (f"a/{number}", str(number).encode(), qos)
        await writer.client.disconnect()
        await reader.client.disconnect()

    asyncio.run(scene())


def test_properties(broker):
    async def scene():
        reader = await Guest("reader").connect(broker.mqtt_port)
        await reader.subscribe("a", subscription_identifier=7)
        reader.client.publish(
            "a", "x", qos=1, content_type="text/plain", response_topic="b", correlation_data=b"42",
            message_expiry_interval=100, user_property=[("k", "1"), ("k", "2")])
        told = (await reader.next())[3]
        assert told["content_type"] == ["text/plain"] and told["response_topic"] == ["b"]
        assert told["correlation_data"] == [b"42"] and told["subscription_identifier"] == [7]
        assert told["user_property"] == [("k", "1"), ("k", "2")]
        await reader.client.disconnect()

    asyncio.run(scene())


def test_a_retained_will_with_a_delay(broker):
    async def scene():
        reader = await Guest("reader").connect(broker.mqtt_port)
        await reader.subscribe("will/#", options={"retain_as_published": True})
        will = Message("will/a", "gone", qos=1, retain=True, will_delay_interval=1)
        dying = await Guest(
            "dying", will_message=will, session_expiry_interval=60).connect(broker.mqtt_port)
        await dying.client.disconnect(reason_code=4)
        topic, payload, _, told = await reader.next()
        assert (topic, payload, told["retain"]) == ("will/a", b"gone", 1)
        await reader.client.disconnect()

    asyncio.run(scene())


def test_a_session_that_is_resumed(broker):
    async def scene():
        first = await Guest(
            "keeper", clean_session=False, session_expiry_interval=60).connect(broker.mqtt_port)
        await first.subscribe("a", 2)
        await first.client.disconnect()
        writer = await Guest("writer").connect(broker.mqtt_port)
        writer.client.publish("a", "x", qos=2)
        second = await Guest(
            "keeper", clean_session=False, session_expiry_interval=60).connect(broker.mqtt_port)
        assert (await second.next())[:2] == ("a", b"x")
        await writer.client.disconnect()
        await second.client.disconnect()

    asyncio.run(scene())


def test_a_take_over(broker):
    async def scene():
        first = await Guest("same").connect(broker.mqtt_port)
        second = await Guest("same").connect(broker.mqtt_port)
        await asyncio.wait_for(first.disconnected.wait(), PATIENCE)
        await second.client.disconnect()

    asyncio.run(scene())
