"""What a proxy in front of the broker tells of its clients."""

import struct

import pytest

from packets import V311, connect
from peers import Peer
from webpeers import request

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
IPV4 = bytes([192, 0, 2, 5, 198, 51, 100, 1]) + struct.pack(">HH", 6275, 1883)
IPV6 = bytes.fromhex("20010db8000000000000000000000005" + "0" * 32) + struct.pack(">HH", 6275, 1)
TLS = b"\x20\x00\x05\x01\0\0\0\0"


def line(text):
    return f"PROXY {text}\r\n".encode()


def octets(body=IPV4, family=0x11, command=0x21):
    return SIGNATURE + bytes([command, family]) + struct.pack(">H", len(body)) + body


@pytest.fixture
def start(start_daemon):
    def start(version, *options):
        rows = [f"listener 0 127.0.0.1\nenable_proxy_protocol {version}", *options,
                "allow_anonymous true\nlog_type all\nconnect_timeout 2\n"]
        return start_daemon("\n".join(rows))
    return start


def greet(daemon, header, pieces=False):
    peer = Peer(daemon.mqtt_port)
    whole = header + connect(V311, "c")
    for start in range(0, len(whole), 1 if pieces else len(whole)):
        peer.send(whole[start:start + (1 if pieces else len(whole))])
    assert peer.connack()
    return peer


HEADERS = {
    "a line": (1, line("TCP4 192.0.2.5 198.51.100.1 6275 1883"), r"192.0.2.5:6275"),
    "a line of IPv6": (1, line("TCP6 2001:db8::5 ::1 6275 1883"), r"\[2001:db8::5\]:6275"),
    "octets": (2, octets(), r"192.0.2.5:6275"),
    "octets of IPv6": (2, octets(IPV6, 0x21), r"\[2001:db8::5\]:6275"),
    "octets of a Unix socket": (2, octets(bytes(216), 0x31), "unix socket"),
    "a line that knows nothing": (1, line("UNKNOWN"), r"127.0.0.1:\d+"),
    "a proxy of its own": (2, octets(b"", 0, 0x20), r"127.0.0.1:\d+"),
}


@pytest.mark.parametrize("pieces", [False, True], ids=["at once", "octet by octet"])
@pytest.mark.parametrize("version, header, address", HEADERS.values(), ids=HEADERS.keys())
def test_the_log_sees_the_clients_address(start, version, header, address, pieces):
    daemon = start(version)
    greet(daemon, header, pieces)
    daemon.wait_for_log(rf"New connection from {address} on port {daemon.mqtt_port}")
    daemon.wait_for_log(rf"New client connected from {address} as c")


# effect: enable_proxy_protocol
def test_without_the_option_a_header_is_no_mqtt(start_daemon):
    daemon = start_daemon("listener 0 127.0.0.1\nallow_anonymous true\nlog_type all\n")
    peer = Peer(daemon.mqtt_port)
    peer.send(octets() + connect(V311, "c"))
    peer.expect_end()


WRONG = {
    "no line": (1, connect(V311, "c")),
    "octets for a line": (1, octets()),
    "a wrong address": (1, line("TCP4 192.0.2.256 198.51.100.1 6275 1883")),
    "a line without an end": (1, b"PROXY UNKNOWN " + b"x" * 200),
    "no octets": (2, connect(V311, "c")),
    "a line for octets": (2, line("UNKNOWN")),
    "too few octets": (2, octets(IPV4[:5])),
    "too many octets": (2, octets(IPV4 + bytes(5000))),
    "a broken field": (2, octets(IPV4 + b"\x20\x00\x50")),
    "datagrams": (2, octets(IPV4, 0x12)),
}


@pytest.mark.parametrize("version, header", WRONG.values(), ids=WRONG.keys())
def test_a_broken_header_closes(start, version, header):
    daemon = start(version)
    peer = Peer(daemon.mqtt_port)
    peer.send(header)
    peer.expect_end()
    daemon.wait_for_log(r"Connection from 127.0.0.1:\d+ rejected, corrupt PROXY header")


@pytest.mark.parametrize("header", [b"", SIGNATURE, octets()[:-1]], ids=["none", "part", "most"])
def test_half_a_header_ends_after_connect_timeout(start, header):
    daemon = start(2)
    peer = Peer(daemon.mqtt_port)
    peer.send(header)
    peer.expect_end()
    daemon.wait_for_log("no CONNECT in time")


# effect: proxy_protocol_v2_require_tls
def test_proxy_protocol_v2_require_tls(start):
    daemon = start(2, "proxy_protocol_v2_require_tls true")
    greet(daemon, octets(IPV4 + TLS))
    for header in (octets(), octets(b"", 0, 0x20), octets(IPV4 + TLS[:3] + bytes(5))):
        peer = Peer(daemon.mqtt_port)
        peer.send(header + connect(V311, "c"))
        peer.expect_end()
    daemon.wait_for_log("Connection from .* rejected, client did not connect using TLS", count=3)
    greet(start(2), octets())


def test_websockets_behind_a_proxy(start):
    daemon = start(2, "protocol websockets")
    peer = Peer(daemon.mqtt_port)
    peer.send(octets() + request())
    assert peer.receive(13) == b"HTTP/1.1 101 "
    daemon.wait_for_log(r"New connection from 192.0.2.5:6275")
