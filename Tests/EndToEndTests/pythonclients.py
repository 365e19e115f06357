"""paho-mqtt clients that remember what arrives."""

import queue
import socket
import threading

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from daemon import PATIENCE


def properties(packet, **values):
    """Properties of a packet ("CONNECT", "PUBLISH", "WILLMESSAGE", …), by paho's names."""
    result = Properties(getattr(PacketTypes, packet))
    for name, value in values.items():
        setattr(result, name, value)
    return result


class PythonClient:
    """A connected client."""

    def __init__(self, client_id, port, clean=True, will=None, keepalive=60, subscribe=(),
                 version=paho.MQTTv311, transport="tcp", host="127.0.0.1", user=None, context=None,
                 **connect_properties):
        self.messages = queue.Queue()
        self.is_disconnected = threading.Event()
        self.disconnect_reason = None
        self.session_present = None
        self.connack = None
        self._reason = None
        self._connected = threading.Event()
        self._answers = queue.Queue()
        is_old = version != paho.MQTTv5
        self.client = paho.Client(
            paho.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=version,
            clean_session=clean if is_old else None, reconnect_on_failure=False,
            transport=transport,
        )
        if context:
            self.client.tls_set_context(context)
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = self._on_disconnect
        self.client.on_message = lambda _c, _u, message: self.messages.put(message)
        self.client.on_subscribe = lambda _c, _u, _id, reasons, _p: self._answers.put(reasons)
        self.client.on_unsubscribe = lambda _c, _u, _id, reasons, _p: self._answers.put(reasons)
        if user:
            self.client.username_pw_set(*user)
        if will:
            self.client.will_set(**will)
        self.client.connect(host, port, keepalive=keepalive, **({} if is_old else {
            "clean_start": clean, "properties": properties("CONNECT", **connect_properties)}))
        self.client.loop_start()
        assert self._connected.wait(PATIENCE), "no CONNACK"
        assert not self._reason.is_failure, str(self._reason)
        for topic, qos in subscribe:
            self.subscribe(topic, qos)

    def _on_connect(self, _client, _data, flags, reason, properties_):
        self._reason = reason
        self.session_present = flags.session_present
        self.connack = properties_
        self._connected.set()

    def _on_disconnect(self, _client, _data, _flags, reason, _properties):
        self.disconnect_reason = reason
        self.is_disconnected.set()

    def _next_answer(self):
        try:
            return self._answers.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError("no SUBACK or UNSUBACK") from None

    def subscribe(self, topic, qos=0, **options):
        """Subscribes; the reason codes of the SUBACK. `options` are paho's."""
        if "options" in options:
            self.client.subscribe(topic, **options)
        else:
            self.client.subscribe(topic, qos, **options)
        return [reason.value for reason in self._next_answer()]

    def unsubscribe(self, topic):
        """Unsubscribes; the reason codes of the UNSUBACK."""
        self.client.unsubscribe(topic)
        return [reason.value for reason in self._next_answer()]

    def publish(self, topic, payload, qos=0, retain=False, **values):
        """Publishes, with 5.0's properties by paho's names, and waits until that is done."""
        given = properties("PUBLISH", **values) if values else None
        information = self.client.publish(topic, payload, qos, retain, given)
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
        self.client.socket().shutdown(socket.SHUT_RDWR)
        self.client.loop_stop()

    def close(self, **disconnect):
        """Says goodbye; `disconnect` are paho's options."""
        self.client.disconnect(**disconnect)
        self.client.loop_stop()
