"""Packets that broke other brokers, from their change logs and security pages: here they break
nothing, others are served as before, and no memory is held for them."""

import pytest

from attackers import Attacker
from packets import (
    CONNACK, PUBREL, SUBACK, UNSUBACK, V5, V31, V311, connect, every_version, length, number, packet,
    publish, subscribe, text, unsubscribe, user_property, will)

FIRST_OCTETS = bytes.fromhex("10 20 30 3d 82 a2 c0 e0")
HUGE = b"\xff\xff\xff\x7f"
BALLAST = "x" * 60_000
OFTEN = 40


def named(rows):
    """The rows of a table as the cases of a test."""
    return [pytest.param(*row, id=name) for name, *row in rows]


# CVE-2017-7651, CVE-2023-0809
def test_a_huge_remaining_length_allocates_nothing(broker, unharmed):
    attackers = [Attacker(broker.mqtt_port) for _ in range(80)]
    for row, attacker in enumerate(attackers):
        attacker.try_to_send(bytes([FIRST_OCTETS[row % 8]]) + HUGE + b"\x00\x04MQTT")
    unharmed()
    for attacker in attackers:
        assert all(first == CONNACK and body[1] for first, body in attacker.wait_until_closed())


# CVE-2017-7651
@every_version
def test_a_huge_remaining_length_of_a_guest_allocates_nothing(broker, unharmed, version):
    attackers = [Attacker(broker.mqtt_port, version, client_id=f"a{row}") for row in range(80)]
    for row, attacker in enumerate(attackers):
        attacker.try_to_send(bytes([FIRST_OCTETS[row % 8]]) + HUGE + b"\x00\x01a")
    unharmed()
    for attacker in attackers:
        attacker.wait_until_closed()


# CVE-2017-7651
@every_version
def test_a_packet_that_never_ends_holds_what_has_come(broker, unharmed, version):
    attackers = [Attacker(broker.mqtt_port, version, client_id=f"a{row}") for row in range(50)]
    for attacker in attackers:
        attacker.send(b"\x30" + length(1_900_000) + b"\x00\x01a")
    unharmed()
    for attacker in attackers:
        attacker.close()
    unharmed()


REFUSED = [
    ("an unknown level", connect(9, BALLAST)),
    ("a false name", packet(0x10, text("MQTX"), b"\x04\x02\x00\x3c", text(BALLAST))),
    ("a will of QoS 3", connect(V311, BALLAST, 0x1E, rest=will(V311, "a", "x"))),
    ("a will that is missing", connect(V311, BALLAST, 0x06)),
    ("will flags without a will", connect(V311, BALLAST, 0x22)),
    ("a will with a wildcard", connect(V311, BALLAST, 0x06, rest=will(V311, "a/#", "x"))),
    ("a password without a name", connect(V311, BALLAST, 0x42, rest=text("secret"))),
    ("a reserved flag", connect(V311, BALLAST, 0x03)),
    ("something behind the end", connect(V311, BALLAST, rest=b"x")),
    ("a name too long for its packet", connect(V31, BALLAST, 0x82, rest=b"\xff\xff")),
    ("a will of 5.0 that is missing", connect(V5, BALLAST, 0x06)),
    ("a receive maximum of 0", connect(V5, BALLAST, properties=b"\x21\x00\x00")),
    ("a packet size of 0", connect(V5, BALLAST, properties=b"\x27\x00\x00\x00\x00")),
    ("an expiry twice", connect(V5, BALLAST, properties=b"\x11\x00\x00\x00\x01" * 2)),
    ("an unknown property", connect(V5, BALLAST, properties=b"\x7f\x00")),
    ("a property of a PUBLISH", connect(V5, BALLAST, properties=b"\x23\x00\x01")),
    ("half a property", connect(V5, BALLAST, properties=b"\x11\x00")),
    ("a switch that is 2", connect(V5, BALLAST, properties=b"\x17\x02")),
    ("login data without a method", connect(V5, BALLAST, properties=b"\x16\x00\x01x")),
    ("properties that end late", packet(
        0x10, text("MQTT"), b"\x05\x02\x00\x3c\xff\x7f", text(BALLAST))),
]


# CVE-2017-7654, and a leak of 2.0.11
@pytest.mark.parametrize("data", named(REFUSED))
def test_a_refused_connect_leaves_nothing(broker, unharmed, data):
    for _ in range(OFTEN):
        with Attacker(broker.mqtt_port) as attacker:
            attacker.send(data)
            assert all(first == CONNACK and body[1]
                       for first, body in attacker.wait_until_closed())
    unharmed()


NOT_OF_A_WILL = [
    ("session expiry", b"\x11\x00\x00\x00\x05"), ("subscription identifier", b"\x0b\x01"),
    ("assigned client id", b"\x12\x00\x01x"), ("server keep alive", b"\x13\x00\x05"),
    ("authentication method", b"\x15\x00\x01x"), ("reason string", b"\x1f\x00\x01x"),
    ("receive maximum", b"\x21\x00\x05"), ("topic alias maximum", b"\x22\x00\x05"),
    ("topic alias", b"\x23\x00\x05"), ("maximum QoS", b"\x24\x01"),
    ("retain available", b"\x25\x01"), ("maximum packet size", b"\x27\x00\x00\x10\x00"),
    ("wildcards available", b"\x28\x01"), ("no property at all", b"\x00"),
]


# CVE-2023-3592
@pytest.mark.parametrize("octets", named(NOT_OF_A_WILL))
def test_a_will_with_a_property_not_allowed_there_is_refused(broker, unharmed, octets):
    carried = user_property(value=BALLAST) + octets
    data = connect(V5, "evil", 0x06, rest=will(V5, "watch/evil", "x", carried))
    for _ in range(OFTEN):
        with Attacker(broker.mqtt_port) as attacker:
            attacker.send(data)
            assert all(first == CONNACK and body[1] >= 0x80
                       for first, body in attacker.wait_until_closed())
    unharmed()


FILTERS = [f"filter/{row}/{'x' * 440}" for row in range(100)]
BAD_REQUESTS = [
    ("a filter without options", lambda v: subscribe(v, *FILTERS, rest=text("a"))),
    ("half a filter", lambda v: subscribe(v, *FILTERS, rest=b"\x00\x09ab")),
    ("QoS 3 at the end", lambda v: subscribe(v, *FILTERS)[:-1] + b"\x03"),
    ("a false filter at the end", lambda v: subscribe(v, *FILTERS, "a/#/b")),
    ("an empty filter at the end", lambda v: subscribe(v, *FILTERS, "")),
    ("the identifier 0", lambda v: subscribe(v, *FILTERS, packet_id=0)),
    ("a false UNSUBSCRIBE", lambda v: subscribe(v, *FILTERS) + unsubscribe(v, *FILTERS, "a+")),
    ("an UNSUBSCRIBE of nothing", lambda v: subscribe(v, *FILTERS) + unsubscribe(v)),
]
BAD_REQUESTS_OF_5 = [
    ("a shared filter without a group", lambda v: subscribe(v, *FILTERS, "$share//a")),
    ("a shared filter without a filter", lambda v: subscribe(v, *FILTERS, "$share/g")),
    ("a subscription identifier of 0", lambda v: subscribe(v, *FILTERS, properties=b"\x0b\x00")),
    ("two identifiers", lambda v: subscribe(v, *FILTERS, properties=b"\x0b\x01\x0b\x02")),
    ("a property of a PUBLISH", lambda v: subscribe(v, *FILTERS, properties=b"\x01\x00")),
    ("retain handling 3", lambda v: subscribe(v, *FILTERS, options=0x30)),
    ("no local in a shared one", lambda v: subscribe(v, "$share/g/a", options=0x04)),
]


def expect_refusal(attacker, data):
    """A guest that sends `data` is closed, or told that what it asked for last cannot be."""
    attacker.try_to_send(data + unsubscribe(V311, "end", packet_id=0xE0F))
    last = b""
    while answered := attacker.next_packet():
        if answered[0] == UNSUBACK:
            assert last and last[-1] >= 0x80, "it was accepted"
            break
        last = answered[1] if answered[0] == SUBACK else b""


# A leak of 2.0.21
@pytest.mark.parametrize("make", named(BAD_REQUESTS))
@every_version
def test_a_malicious_subscribe_leaves_nothing(broker, unharmed, version, make):
    for _ in range(25):
        with Attacker(broker.mqtt_port, version, client_id="evil") as attacker:
            expect_refusal(attacker, make(version))
    unharmed()


@pytest.mark.parametrize("make", named(BAD_REQUESTS_OF_5))
def test_a_malicious_subscribe_of_5_leaves_nothing(broker, unharmed, make):
    for _ in range(25):
        with Attacker(broker.mqtt_port, V5, client_id="evil") as attacker:
            expect_refusal(attacker, make(V5))
    unharmed()


# Too long a form, half a pair, a null, and what no UTF-8 holds.
FALSE_TEXTS = [
    b"watch/" + bytes.fromhex(octets) for octets in ("c0 80", "ed a0 80", "00", "ff fe")]
PLACES = [
    ("client id", lambda v, bad: connect(v, bad)),
    ("user name", lambda v, bad: connect(v, "evil", 0x82, rest=text(bad))),
    ("will topic", lambda v, bad: connect(v, "evil", 0x06, rest=will(v, bad, "x"))),
    ("topic", lambda v, bad: connect(v, "evil") + publish(v, bad, "x".encode())),
    ("filter", lambda v, bad: connect(v, "evil") + subscribe(v, bad)),
    ("filter to leave", lambda v, bad: connect(v, "evil") + unsubscribe(v, bad)),
]
PLACES_OF_5 = [
    ("content type", lambda bad: publish(V5, "watch/a", properties=b"\x03" + text(bad))),
    ("response topic", lambda bad: publish(V5, "watch/a", properties=b"\x08" + text(bad))),
    ("property name", lambda bad: publish(V5, "watch/a", properties=user_property(bad))),
    ("property value", lambda bad: publish(V5, "watch/a", properties=user_property("k", bad))),
    ("property of a SUBSCRIBE", lambda bad: subscribe(V5, "a", properties=user_property(bad))),
    ("property of an UNSUBSCRIBE", lambda bad: unsubscribe(V5, "a", properties=user_property(bad))),
    ("reason of a PUBREL", lambda bad: packet(
        PUBREL, number(1), b"\x00", length(len(bad) + 3), b"\x1f" + text(bad))),
    ("reason of a DISCONNECT", lambda bad: packet(
        0xE0, b"\x00", length(len(bad) + 3), b"\x1f" + text(bad))),
]


# CVE-2017-7653
@pytest.mark.parametrize("make", named(PLACES))
@every_version
def test_false_text_is_never_passed_on(broker, unharmed, version, make):
    for bad in FALSE_TEXTS:
        with Attacker(broker.mqtt_port) as attacker:
            expect_refusal(attacker, make(version, bad))
    unharmed()


# CVE-2017-7653
@pytest.mark.parametrize("make", named(PLACES_OF_5))
def test_false_text_in_a_property_is_never_passed_on(broker, unharmed, make):
    for bad in FALSE_TEXTS:
        with Attacker(broker.mqtt_port) as attacker:
            expect_refusal(attacker, connect(V5, "evil") + make(bad))
    unharmed()


WHAT_ONLY_SERVERS_SEND = [
    packet(first, body)
    for first in (0x20, 0x90, 0xB0, 0xD0)
    for body in (b"", b"\x00", b"\x00\x00", b"\x01\x00", b"\x00\x00\x00", b"\x00\x01\x00\x00",
                 b"\x00\x00\x03\x21\x00\x01", b"\x00\x00\x06\x22\x00\x0a\x21\x00\x14", bytes(40))
] + [packet(0xF0, body) for body in (b"", b"\x00", b"\x18\x00", b"\x19\x04\x15\x00\x01x")]


# CVE-2021-28166
@every_version
def test_packets_that_only_servers_send_close_a_guest(broker, unharmed, version):
    for data in WHAT_ONLY_SERVERS_SEND:
        for beginning in (b"", connect(version, "evil"), connect(version, "evil", 0x00)):
            with Attacker(broker.mqtt_port) as attacker:
                expect_refusal(attacker, beginning + data)
    unharmed()


# CVE-2021-34432
@every_version
def test_an_empty_topic_is_refused(broker, unharmed, version):
    for qos in (0, 1, 2):
        for flags in (0, 1):
            with Attacker(broker.mqtt_port, version, client_id="evil") as attacker:
                expect_refusal(attacker, publish(version, "", b"x", qos, flags=flags))
    unharmed()


# CVE-2021-34432
def test_an_alias_that_stands_for_nothing_is_refused(broker, unharmed):
    for alias in (0, 1, 10, 11, 65535):
        with Attacker(broker.mqtt_port, V5) as attacker:
            expect_refusal(attacker, publish(V5, "", b"x", properties=b"\x23" + number(alias)))
    unharmed()
