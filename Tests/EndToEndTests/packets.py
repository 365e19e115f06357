"""MQTT packets of every version, by hand: for what no client library would send."""

import pytest

V31, V311, V5 = 3, 4, 5
VERSIONS = {"3.1": V31, "3.1.1": V311, "5.0": V5}
every_version = pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS.keys())

CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = 0x20, 0x30, 0x40, 0x50, 0x62, 0x70
SUBACK, UNSUBACK, PINGRESP, DISCONNECT, AUTH = 0x90, 0xB0, 0xD0, 0xE0, 0xF0
PINGREQ_PACKET = bytes.fromhex("c0 00")
PINGRESP_PACKET = bytes.fromhex("d0 00")
DISCONNECT_PACKET = bytes.fromhex("e0 00")


def number(value, size=2):
    return value.to_bytes(size, "big")


def length(value):
    """A variable octet integer."""
    octets = bytearray()
    while value > 127:
        octets.append(value & 127 | 128)
        value >>= 7
    return bytes([*octets, value])


def text(value):
    """A string or binary data with its length in front."""
    octets = value.encode() if isinstance(value, str) else value
    return number(len(octets)) + octets


def packet(first, *parts):
    body = b"".join(parts)
    return bytes([first]) + length(len(body)) + body


def properties_of(version, octets):
    return length(len(octets)) + octets if version == V5 else b""


def connect(version, client_id="", flags=0x02, keepalive=60, properties=b"", rest=b""):
    """`rest` is what follows the client id, as `flags` promise it."""
    name = "MQIsdp" if version == V31 else "MQTT"
    return packet(
        0x10, text(name), bytes([version, flags]), number(keepalive),
        properties_of(version, properties), text(client_id), rest)


def will(version, topic, payload, properties=b""):
    """The will in the `rest` of a CONNECT with the flag 0x04."""
    return properties_of(version, properties) + text(topic) + text(payload)


def publish(version, topic, payload=b"", qos=0, packet_id=1, flags=0, properties=b""):
    identifier = number(packet_id) if qos else b""
    return packet(
        PUBLISH | qos << 1 | flags, text(topic), identifier, properties_of(version, properties),
        payload)


def subscribe(version, *filters, packet_id=1, options=0, properties=b"", rest=b""):
    return packet(
        0x82, number(packet_id), properties_of(version, properties),
        *(text(topic) + bytes([options]) for topic in filters), rest)


def unsubscribe(version, *filters, packet_id=1, properties=b""):
    return packet(
        0xA2, number(packet_id), properties_of(version, properties), *map(text, filters))


def answer(first, packet_id):
    """A PUBACK, PUBREC, PUBREL or PUBCOMP that says yes."""
    return packet(first, number(packet_id))


def user_property(name="k", value="v"):
    return b"\x26" + text(name) + text(value)
