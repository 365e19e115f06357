"""paho-mqtt clients that remember what arrives."""

import queue
import threading

import paho.mqtt.client as paho

from daemon import PATIENCE


class PythonClient:
    """A connected client."""

    def __init__(self, client_id, port, clean=True, will=None, keepalive=60, subscribe=()):
        self.messages = queue.Queue()
        self.is_disconnected = threading.Event()
        self.session_present = None
        self._connected = threading.Event()
        self._subscribed = threading.Event()
        self.client = paho.Client(
            paho.CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=clean,
            reconnect_on_failure=False,
        )
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = lambda *_: self.is_disconnected.set()
        self.client.on_message = lambda _c, _u, message: self.messages.put(message)
        self.client.on_subscribe = lambda *_: self._subscribed.set()
        if will:
            self.client.will_set(**will)
        self.client.connect("127.0.0.1", port, keepalive=keepalive)
        self.client.loop_start()
        assert self._connected.wait(PATIENCE), "no CONNACK"
        for topic, qos in subscribe:
            self.subscribe(topic, qos)

    def _on_connect(self, _client, _data, flags, reason, _properties):
        assert not reason.is_failure, reason
        self.session_present = flags.session_present
        self._connected.set()

    def subscribe(self, topic, qos=0):
        self._subscribed.clear()
        self.client.subscribe(topic, qos)
        assert self._subscribed.wait(PATIENCE), "no SUBACK"

    def publish(self, topic, payload, qos=0, retain=False):
        """Publishes and waits until that is done."""
        information = self.client.publish(topic, payload, qos, retain)
        information.wait_for_publish(PATIENCE)
        assert information.is_published()

    def next_message(self):
        try:
            return self.messages.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError("nothing arrived") from None

    def expect(self, *messages):
        """The next messages are these (topic, payload) in this order."""
        arrived = [self.next_message() for _ in messages]
        assert [(message.topic, message.payload) for message in arrived] == list(messages)

    def break_off(self):
        """Closes the connection without a DISCONNECT."""
        self.client.loop_stop()
        self.client.socket().close()

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()
