"""MQTT-SN nodes that sleep, speak through forwarders, are listed by name, or look for their gateway,
over real sockets and pseudo-terminals."""

import socket

import pytest

from daemon import PATIENCE
from lines import LineNode
from nodes import (
    CLEAN, CONNACK, CONNECT, DISCONNECT, GWINFO, PINGREQ, PINGRESP, PUBLISH, SEARCHGW, Node,
    UDPNode, message, octet,
)

PUBREC, PUBREL, PUBCOMP, FORWARDED = 0x0F, 0x10, 0x0E, 0xFE
QOS2 = 0x40


class Forwarded(Node):
    """A node behind a forwarder: `carrier` carries its messages in envelopes."""

    def __init__(self, carrier, wireless_id, radius=0):
        self.carrier = carrier
        self.header = bytes([3 + len(wireless_id), FORWARDED, radius]) + wireless_id

    def transmit(self, data):
        self.carrier.transmit(self.header + data)

    def take(self):
        data = self.carrier.receive()
        assert data.startswith(self.header), data.hex(" ")
        return data[len(self.header):]


def go_to_sleep(node, seconds=60):
    node.send(DISCONNECT, seconds)
    node.expect(DISCONNECT)


def wake_up(node, name):
    node.send(PINGREQ, name.encode())


def test_what_comes_while_a_node_sleeps_waits_for_it(udp_node, python_client):
    writer = python_client()
    node = udp_node()
    node.connect("sleeper")
    node.subscribe("alarms/#")
    go_to_sleep(node)
    for payload in ("one", "two"):
        writer.publish("alarms/fire", payload, 1)
    wake_up(node, "sleeper")
    topic = node.accept_registration("alarms/fire")
    node.accept_publish(topic, b"one")
    node.accept_publish(topic, b"two")
    node.expect(PINGRESP)
    writer.publish("alarms/fire", "three", 1)
    wake_up(node, "sleeper")
    node.accept_publish(topic, b"three")
    node.expect(PINGRESP)


def test_a_sleeper_with_a_new_port_is_found_by_its_name(udp_node, python_client):
    node = udp_node()
    node.connect("sleeper")
    topic = node.subscribe("moves")
    go_to_sleep(node)
    python_client().publish("moves", "x", 1)
    moved = udp_node()
    wake_up(moved, "sleeper")
    moved.accept_publish(topic, b"x")
    moved.expect(PINGRESP)


def test_a_late_sleeper_is_shown_and_logged(broker, udp_node, python_client):
    reader = python_client(subscribe=[("$SYS/broker/gateway/nodes/late-one/state", 0)])
    node = udp_node()
    node.connect("late-one")
    go_to_sleep(node, 1)
    states = []
    while "lost" not in states:
        states.append(reader.next_message().payload.decode())
    assert [state for state in states if state != "active"][-1] == "lost"
    broker.wait_for_log("Node late-one .* is late")
    broker.wait_for_log("Node late-one .* has exceeded timeout, lost")


def test_qos_2_goes_both_ways(udp_node, python_client):
    client = python_client(subscribe=[("up", 2)])
    node = udp_node()
    node.connect("twice")
    topic = node.register("up")
    node.send(PUBLISH, octet(QOS2), topic, 7, b"once")
    node.expect(PUBREC, 7)
    node.send(PUBLISH, octet(QOS2 | 0x80), topic, 7, b"once")
    node.expect(PUBREC, 7)
    node.send(PUBREL, 7)
    node.expect(PUBCOMP, 7)
    client.expect(("up", b"once"))
    down = node.subscribe("down", flags=QOS2)
    client.publish("down", "x", 2)
    node.expect(PUBLISH, octet(QOS2), down, 1, b"x")
    node.send(PUBREC, 1)
    node.expect(PUBREL, 1)
    node.send(PUBCOMP, 1)
    node.ping()


def test_nodes_behind_a_forwarder_on_udp(udp_node, python_client):
    reader = python_client(subscribe=[("forwarded/#", 1)])
    carrier = udp_node()
    nodes = [Forwarded(carrier, bytes([number]), radius=2) for number in (1, 2)]
    for number, node in enumerate(nodes):
        node.connect(f"behind-{number}")
        node.publish(node.register(f"forwarded/{number}"), b"x")
        reader.expect((f"forwarded/{number}", b"x"))


SERIAL = """\
listener 0 127.0.0.1
allow_anonymous true
log_type all
serial {path}
"""


def test_nodes_behind_a_forwarder_on_a_serial_line(start_daemon, line):
    daemon = start_daemon(SERIAL.format(path=line.path))
    daemon.wait_for_log("Opening serial line")
    carrier = LineNode(line)
    nodes = [Forwarded(carrier, bytes([7, number])) for number in (1, 2)]
    for number, node in enumerate(nodes):
        node.connect(f"wireless-{number}")
        node.ping()
    daemon.wait_for_log(r"New node connected from \S+ node 0702 as wireless-1")


LISTED = """\
listener 0 127.0.0.1
listener 0 127.0.0.1
protocol mqttsn
allow_anonymous false
log_type all
node greenhouse user garden
node shed 192.0.2.7 user garden
allow_unlisted_nodes {unlisted}
"""


@pytest.mark.parametrize("unlisted, code", [("true", b"\x00"), ("false", b"\x03")])
def test_only_listed_nodes_get_in_where_that_is_wanted(start_daemon, unlisted, code):
    daemon = start_daemon(LISTED.format(unlisted=unlisted))
    node = UDPNode(daemon.sn_port)
    node.connect("greenhouse")
    for name, answer in (("shed", b"\x03"), ("stranger", code)):
        other = UDPNode(daemon.sn_port)
        other.send(CONNECT, octet(CLEAN), b"\x01", 60, name.encode())
        other.expect(CONNACK, answer)
        other.close()
    node.close()
    daemon.wait_for_log("Node shed .* refused: it may not connect from there")
    if unlisted == "false":
        daemon.wait_for_log("Node stranger .* refused: it is not listed")


MULTICAST = """\
listener 0 127.0.0.1
listener 0 127.0.0.1
protocol mqttsn
multicast_group 239.255.77.{last} {port}
gateway_id 9
allow_anonymous true
log_type all
"""


# effect: multicast_group
def test_the_gateway_is_found_by_multicast(start_daemon):
    """The asker hears GWINFO, and so does everybody in the group."""
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(("", 0))
    port, group = probe.getsockname()[1], f"239.255.77.{probe.getsockname()[1] % 250 + 1}"
    probe.setsockopt(
        socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
        socket.inet_aton(group) + socket.inet_aton("127.0.0.1"))
    probe.settimeout(PATIENCE)
    daemon = start_daemon(MULTICAST.format(last=group.rsplit(".", 1)[1], port=port))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE)
        client.setsockopt(
            socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        client.sendto(message(SEARCHGW, b"\x00"), (group, port))
        data, address = client.recvfrom(100)
        assert data == message(GWINFO, b"\x09") and address == ("127.0.0.1", daemon.sn_port)
    heard = set()
    while message(GWINFO, b"\x09") not in heard:
        heard.add(probe.recvfrom(100)[0])
    probe.close()


def test_nodes_are_shown_in_sys_while_somebody_looks(udp_node, python_client):
    """Each costs seven retained messages, six before its first reading: more than all else of it."""
    states = "$SYS/broker/gateway/nodes/+/state"
    node = udp_node()
    node.connect("shown")
    first = python_client(subscribe=[(states, 0)])
    assert first.next_message().payload == b"active"
    first.close()
    reader = python_client(subscribe=[("$SYS/broker/retained messages/count", 0)])
    before = int(reader.next_message().payload)
    watcher = python_client(subscribe=[(states, 0)])
    watcher.next_message()
    while (shown := int(reader.next_message().payload)) < before + 6:
        pass
    watcher.close()
    while int(reader.next_message().payload) > shown - 6:
        pass
