"""Every limit and choice of the broker, from its line in the file to its effect and its counter."""

import pytest

from limitrows import ACCEPTED, CLOSED, NEW, OLD, ROWS
from options import READ_AGAIN
from peers import Peer, puback
from pythonclients import PythonClient


COMMON = (
    "allow_anonymous true\nlog_type all\nsys_interval 1\nlistener 0 127.0.0.1\n"
    "listener 0 127.0.0.1\n")


class Stage:
    """A daemon with two listeners: one to watch counters at, one that the options are for."""

    def __init__(self, broker):
        self.broker = broker
        self.watched, self.port = broker.mqtt_ports
        self.peers = {}

    def play(self, steps):
        for client, octets, *answers in steps:
            if client not in self.peers:
                self.peers[client] = Peer(self.port)
            peer = self.peers[client]
            peer.send(octets)
            for answer in answers:
                if answer is ACCEPTED:
                    peer.connack()
                elif answer is CLOSED:
                    peer.expect_end()
                else:
                    peer.expect(answer)

    def await_counter(self, watcher, value):
        """`value`, or anything but 0 when that is empty."""
        while True:
            seen = watcher.next_message().payload.decode()
            if seen == value or (not value and seen != "0"):
                return

    def close(self):
        for peer in self.peers.values():
            peer.close()


@pytest.fixture
def stage(start_daemon):
    stages = []

    def start(options):
        stages.append(Stage(start_daemon(COMMON + options)))
        return stages[-1]

    yield start
    for each in stages:
        each.close()


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_an_option_has_its_effect_and_its_counter(stage, row):
    expect(stage(row.options), row)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.options.split()[0] in READ_AGAIN], ids=str)
def test_an_option_has_its_effect_after_a_reload(stage, row):
    scene = stage("")
    scene.broker.reconfigure(COMMON + row.options)
    expect(scene, row)


def expect(scene, row):
    if not row.counter:
        return scene.play(row.steps)
    watcher = PythonClient(
        "watcher", scene.watched, keepalive=10, subscribe=[(f"$SYS/broker/{row.counter}", 0)])
    scene.play(row.steps)
    scene.await_counter(watcher, row.value)
    watcher.close()


def test_identifiers_begin_with_the_prefix(stage):
    peer = Peer(stage("auto_id_prefix my-").port)
    peer.send(NEW.connect(""))
    assert b"\x12\x00\x13my-" in peer.connack()
    peer.close()


@pytest.mark.parametrize("options, properties", [
    ("", "22 00 0a 27 00 1e 84 80 21 00 14"),
    ("max_topic_alias 0\nmax_packet_size 1000\nmax_inflight_messages 0", "27 00 00 03 e8"),
    ("max_qos 1\nretain_available false\nmax_inflight_messages 7\nmax_topic_alias 65535",
     "22 ff ff 25 00 27 00 1e 84 80 21 00 07 24 01"),
])
def test_clients_are_told_the_limits(stage, options, properties):
    peer = Peer(stage(options).port)
    peer.send(NEW.connect("a"))
    assert peer.connack()[3:] == bytes.fromhex(properties)
    peer.close()


def test_each_listener_has_its_own(stage):
    scene = stage("max_qos 0\naccept_protocol_versions 5")
    peer = Peer(scene.watched)
    peer.send(OLD.connect("a") + OLD.publish("t", qos=1))
    peer.connack()
    peer.expect(puback())
    peer.close()


def test_what_has_no_effect_is_told_of(start_daemon):
    daemon = start_daemon(
        "max_connections 5\nlistener 0 127.0.0.1\nlistener 0 127.0.0.1\nprotocol mqttsn\n"
        "max_qos 1\nretain_expiry_interval 5\n")
    daemon.wait_for_log("The max_connections option has no effect")
    daemon.wait_for_log("Options for MQTT have no effect on the mqttsn listener")
    daemon.wait_for_log("The retain_expiry_interval option has no effect")
