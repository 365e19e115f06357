"""MQTT-SN behind Digi XBee radios in API mode, as Paho's gateway has them."""

import pytest

from lines import XBeeLine, XBeeNode, api_frame
from nodes import PINGREQ, PUBLISH, QOS_MINUS_ONE, SHORT, message, octet

CONFIGURATION = """\
listener 0 127.0.0.1
allow_anonymous true
log_type all
sys_interval 1
serial {path}
serial_baud 38400
serial_framing xbee
serial_xbee_mode {mode}
"""
ADDRESSES = [bytes.fromhex("0013a200400a0127") + short
             for short in (b"\x12\x34", b"\xff\xfe")]
ADDRESSES[1] = ADDRESSES[1][:7] + b"\x11" + ADDRESSES[1][8:]


@pytest.fixture(params=[1, 2])
def mode(request):
    return request.param


@pytest.fixture(autouse=True)
def broker(start_daemon, line, mode):
    return start_daemon(CONFIGURATION.format(path=line.path, mode=mode))


@pytest.fixture
def radios(line, mode):
    return XBeeLine(line, mode)


def test_many_nodes_share_a_line(radios, python_client):
    reader = python_client(subscribe=[("+/a", 1)])
    nodes = [XBeeNode(radios, address) for address in ADDRESSES]
    for number, node in enumerate(nodes):
        node.connect(f"m0-{number}")
    topics = [node.register(f"{number}/a") for number, node in enumerate(nodes)]
    for number, node in enumerate(nodes):
        node.publish(topics[number], bytes([0x7E, 0x7D, 0x11, 0x13, number]), 7)
    reader.expect(("0/a", b"\x7e\x7d\x11\x13\x00"), ("1/a", b"\x7e\x7d\x11\x13\x01"))


def test_a_command_goes_to_its_node_alone(broker, radios, runner):
    first, second = (XBeeNode(radios, address) for address in ADDRESSES)
    first.connect("m0-1")
    second.connect("m0-2")
    second.subscribe("commands/#")
    runner.publish("mosquitto", broker.mqtt_port, "-t", "commands/a", "-m", "on", "-q", 1)
    second.accept_publish(second.accept_registration("commands/a"), b"on")
    assert not radios.inboxes[ADDRESSES[0]]
    assert radios.everybody, "the gateway advertises to all radios"


def test_a_radio_that_reports_nothing_is_served_too(radios):
    radios.answers = False
    node = XBeeNode(radios, ADDRESSES[0])
    node.connect("m0-1")
    for _ in range(5):
        node.ping()


# effect: serial_xbee_mode
def test_damaged_and_other_frames_are_passed_over_and_counted(radios, line, mode, python_client):
    node = XBeeNode(radios, ADDRESSES[0])
    node.connect("m0-1")
    whole = api_frame(b"\x90" + ADDRESSES[0] + b"\x01" + message(PINGREQ), mode)
    line.write(whole[:-1] + bytes([whole[-1] ^ 1]))
    line.write(api_frame(b"\x8a\x06", mode) + b"\x7e\x00\x00" + b"\x7e\xff\xff" + b"\x55" * 300)
    node.ping()
    reader = python_client(subscribe=[
        (f"$SYS/broker/gateway/lines/+/{field}", 0)
        for field in ("checksum_errors", "other_frames", "overruns", "state")])
    values = {}
    while values.get("checksum_errors") != "1":
        message_ = reader.next_message()
        values[message_.topic.rsplit("/", 1)[1]] = message_.payload.decode()
    assert values.get("state", "open") == "open"


def test_readings_without_a_session_arrive(radios, python_client):
    reader = python_client(subscribe=[("xy", 0)])
    XBeeNode(radios, ADDRESSES[1]).transmit(
        message(PUBLISH, octet(QOS_MINUS_ONE | SHORT), b"xy", 0, b"21"))
    reader.expect(("xy", b"21"))
