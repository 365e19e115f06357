"""MQTT over WebSocket: paho-mqtt, mqtt.js, and what hostile clients send."""

import struct

import paho.mqtt.client as paho
import pytest

from javascript import JavaScript, Page
from packets import V5, V311, connect, packet, publish, subscribe
from pythonclients import PythonClient
from webpeers import BINARY, CLOSE, MASK, PING, PONG, TEXT, WebSocket, frame, request

LISTENERS = """\
listener 0 127.0.0.1
listener 0 127.0.0.1
protocol websockets
allow_anonymous true
log_type all
connect_timeout 2
"""
VERSIONS = {"3.1": 3, "3.1.1": 4, "5.0": 5}
every_version = pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS.keys())


@pytest.fixture
def daemon(start_daemon, request):
    return start_daemon(LISTENERS + getattr(request, "param", ""))


@pytest.fixture
def port(daemon):
    return daemon.mqtt_ports[1]


@pytest.fixture(scope="module")
def process():
    """Mqtt.js in a process of its own."""
    process = JavaScript()
    yield process
    process.stop()


@pytest.fixture
def javascript(process, port):
    page = Page(process, port)
    yield page
    page.close()


@pytest.fixture
def connected(port):
    """A client that MQTT knows."""
    with WebSocket(port) as peer:
        peer.mqtt(connect(V311, "c"))
        peer.connack()
        yield peer


def serves(daemon):
    client = PythonClient("", daemon.mqtt_port, subscribe=[("still", 1)])
    client.publish("still", "here", 1)
    client.expect(("still", b"here"))
    client.close()


@every_version
def test_mqttjs(javascript, version):
    for name in ("reader", "writer"):
        javascript.connect(name, version, protocol="ws")
    assert javascript.subscribe("reader", "a/+", qos=2) == [2]
    for qos in (0, 1, 2):
        for number in range(10):
            javascript.publish("writer", f"a/{number}", f"{number}" * 1000, qos=qos)
        for number in range(10):
            message = javascript.next_message("reader")
            assert (message["topic"], message["payload"], message["qos"]) == (
                f"a/{number}", f"{number}" * 1000, qos)
    javascript.end("writer")


@every_version
def test_paho_and_a_tcp_client_see_each_other(daemon, port, version):
    web = PythonClient("web", port, version=version, transport="websockets",
                       subscribe=[("a/#", 2)])
    plain = PythonClient("plain", daemon.mqtt_port, subscribe=[("b/#", 2)])
    large = b"x" * 300_000
    for qos in (0, 1, 2):
        plain.publish("a/b", large, qos)
        web.publish("b/c", large, qos)
    web.expect(*[("a/b", large)] * 3)
    plain.expect(*[("b/c", large)] * 3)
    web.close()
    plain.close()
    daemon.wait_for_log(r"Client web \[127.0.0.1:\d+\] disconnected")


@pytest.mark.parametrize("size", [1, 2, 7, 4096])
def test_packets_and_frames_need_not_begin_together(port, size):
    stream = connect(V5, "c") + subscribe(V5, "a") + publish(V5, "a", b"x" * 1000)
    with WebSocket(port) as peer:
        for start in range(0, len(stream), size):
            peer.mqtt(stream[start:start + size])
        received = b""
        while not received.endswith(b"x" * 1000):
            kind, content = peer.next_frame()
            assert kind == BINARY
            received += content


def test_a_message_in_fragments_with_a_ping_between(connected):
    whole = subscribe(V311, "a")
    connected.send(frame(BINARY, whole[:3], final=False))
    connected.send(frame(PING, b"hello") + frame(0, whole[3:6], final=False) + frame(0, whole[6:]))
    assert connected.next_frame() == (PONG, b"hello")
    connected.expect(packet(0x90, b"\0\1\0"))


def test_a_close_is_answered_with_its_code(daemon, connected):
    connected.send(frame(CLOSE, struct.pack(">H", 1001) + b"bye"))
    connected.expect_close(1001)
    daemon.wait_for_log(r"Client c \[127.0.0.1:\d+\] closed its connection")


def test_a_disconnect_is_followed_by_a_close(connected):
    connected.mqtt(bytes.fromhex("e000"))
    connected.expect_close(1000)


def test_an_error_of_mqtt_is_told_in_a_frame(port):
    with WebSocket(port) as peer:
        peer.mqtt(connect(V5, "c"))
        peer.next_frame()
        peer.mqtt(bytes.fromhex("3600"))
        kind, content = peer.next_frame()
        assert kind == BINARY and content[0] == 0xE0
        peer.expect_close(1000)


HOSTILE = {
    "unmasked": (frame(BINARY, b"x", masked=False), 1002, "a frame without a mask"),
    "text": (frame(TEXT, b"x"), 1003, "a text frame"),
    "a continuation of nothing": (frame(0, b"x"), 1002, "a fragment out of order"),
    "a control frame in fragments": (
        frame(PING, b"x", final=False), 1002, "a control frame in fragments"),
    "a long ping": (frame(PING, b"x" * 126), 1002, "more than 125 octets"),
    "a reserved bit": (frame(BINARY, b"x", reserved=0x40), 1002, "reserved bits"),
    "an unknown kind": (frame(5, b"x"), 1002, "an unknown kind"),
    "a negative length": (b"\x82\xff" + b"\xff" * 8 + MASK, 1002, "a wrong length"),
    "a close of one octet": (frame(CLOSE, b"x"), 1002, "a wrong code"),
}


@pytest.mark.parametrize("octets, code, words", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_frame_against_the_rules(daemon, connected, octets, code, words):
    connected.send(octets)
    connected.expect_close(code)
    daemon.wait_for_log(rf"Client c \[.*\] disconnected: WebSocket error \(.*{words}\)")
    serves(daemon)


def test_a_huge_length_costs_nothing(daemon, connected):
    connected.send(b"\x82\xff\x7f" + b"\xff" * 7 + bytes(4) + bytes.fromhex("c000"))
    connected.expect(bytes.fromhex("d000"))
    # The packet is too large, whatever the frame says.
    connected.try_to_send(bytes.fromhex("30ffffff7f") + bytes(1000))
    connected.expect_close(1000)
    serves(daemon)


def test_a_flood_of_pings_is_answered_or_ended(daemon, connected):
    connected.try_to_send(frame(PING, b"x" * 125) * 20_000)
    assert connected.next_frame()[0] == PONG
    serves(daemon)


REFUSED = {
    "no WebSocket": ({"Upgrade": None, "Connection": None}, 426, "no WebSocket request"),
    "no key": ({"Sec_WebSocket_Key": None}, 400, "incomplete"),
    "another version": ({"Sec_WebSocket_Version": "8"}, 426, "another version"),
    "another sub-protocol": ({"Sec_WebSocket_Protocol": "chat"}, 400, "no sub-protocol mqtt"),
    "no host": ({"Host": None}, 400, "malformed"),
    "too long": ({"X": "x" * 5000}, 431, "above websockets_headers_size"),
}


@pytest.mark.parametrize("fields, status, words", REFUSED.values(), ids=REFUSED.keys())
def test_a_request_that_is_refused(daemon, port, fields, status, words):
    with WebSocket(port, greeted=False) as peer:
        peer.send(request(**fields))
        assert peer.head().startswith(f"HTTP/1.1 {status} ")
        peer.expect_end()
    daemon.wait_for_log(rf"Connection from 127.0.0.1:\d+ rejected, .*{words}")


# effect: protocol
def test_mqtt_without_a_handshake(port):
    with WebSocket(port, greeted=False) as peer:
        peer.send(connect(V311, "c"))
        assert peer.head().startswith("HTTP/1.1 400 ")
        peer.expect_end()


@pytest.mark.parametrize("subprotocol", ["mqtt", "mqttv3.1"])
def test_both_sub_protocols(port, subprotocol):
    with WebSocket(port, greeted=False) as peer:
        peer.send(request(Sec_WebSocket_Protocol=f"chat, {subprotocol}"))
        assert f"Sec-WebSocket-Protocol: {subprotocol}" in peer.head()


@pytest.mark.parametrize("octets", [b"", b"GET / HT", request()[:-2]], ids=["none", "half", "most"])
def test_half_a_handshake_ends_after_connect_timeout(daemon, port, octets):
    with WebSocket(port, greeted=False) as peer:
        peer.send(octets)
        peer.expect_end()
    daemon.wait_for_log("no CONNECT in time")


def test_a_handshake_without_a_connect_ends_after_connect_timeout(port):
    with WebSocket(port) as peer:
        peer.send(frame(PING))
        assert peer.next_frame() == (PONG, b"")
        peer.expect_close(1000)


# effect: websockets_headers_size packet_buffer_size
@pytest.mark.parametrize("option", ["websockets_headers_size", "packet_buffer_size"])
def test_websockets_headers_size(start_daemon, option):
    for size, status in ((6000, 101), (4096, 431)):
        port = start_daemon(f"{LISTENERS}{option} {size}\n").mqtt_ports[1]
        with WebSocket(port, greeted=False) as peer:
            peer.send(request(X="x" * 5000))
            assert peer.head().startswith(f"HTTP/1.1 {status} ")


# effect: websockets_origin
def test_websockets_origin(start_daemon):
    listeners = LISTENERS.replace(
        "protocol websockets\n", "protocol websockets\nwebsockets_origin https://a.example\n"
        "websockets_origin https://b.example\n")
    port = start_daemon(listeners).mqtt_ports[1]
    answers = {"https://a.example": 101, "https://b.example": 101, "https://c.example": 403,
               None: 403}
    for origin, status in answers.items():
        with WebSocket(port, greeted=False) as peer:
            peer.send(request(Origin=origin))
            assert peer.head().startswith(f"HTTP/1.1 {status} ")


def test_any_origin_without_websockets_origin(port):
    for origin in ("https://c.example", None):
        WebSocket(port, Origin=origin).close()


def test_paho_keeps_a_session(port):
    options = {"version": paho.MQTTv5, "transport": "websockets", "clean": False}
    first = PythonClient("keeper", port, SessionExpiryInterval=60, **options)
    first.close()
    again = PythonClient("keeper", port, SessionExpiryInterval=60, **options)
    assert again.session_present
    again.close()
