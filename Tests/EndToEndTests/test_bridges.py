"""Bridges between Martlet and Mosquitto, either way, and between two Martlets."""

import socket

import pytest

from bridges import bridge, wait_until_carried
from brokers import free_port
from daemon import eventually
from pythonclients import PythonClient, paho

PAIRS = [("martlet", "mosquitto"), ("mosquitto", "martlet"), ("martlet", "martlet")]
every_pair = pytest.mark.parametrize("near, far", PAIRS, ids=["-".join(pair) for pair in PAIRS])
PROBE = "topic probe both"


class Pair:
    """Two brokers, of which the near one has a bridge to the far one."""

    def __init__(self, brokers, near, far, *rows, far_rows=(), name="br"):
        self.far = brokers.start(far, *far_rows)
        self.near = brokers.start(
            near, *bridge(self.far.mqtt_port, PROBE, *rows, name=name).splitlines())
        self.ports = self.near.mqtt_port, self.far.mqtt_port
        wait_until_carried(*self.ports)
        wait_until_carried(*reversed(self.ports))
        self._clients = []

    def client(self, side, *subscriptions, **options):
        port = self.ports[side == "far"]
        self._clients.append(PythonClient("", port, subscribe=subscriptions, **options))
        return self._clients[-1]

    def close(self):
        for client in self._clients:
            client.close()


@pytest.fixture
def pair(brokers, near, far):
    made = []

    def make(*rows, **options):
        made.append(Pair(brokers, near, far, *rows, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


# effect: topic
@every_pair
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_topics_are_shared_under_other_names(pair, qos):
    both = pair(
        f"topic a/# out {qos} here/ there/", f"topic b/# in {qos} here/ there/",
        f'topic "" both {qos} here/whole there/other')
    near = both.client("near", ("here/#", 2))
    far = both.client("far", ("there/#", 2), ("here/#", 2))
    near.publish("here/a/1", "out", qos)
    far.expect(("there/a/1", b"out"))
    far.publish("there/b/1", "in", qos)
    far.expect(("there/b/1", b"in"))
    near.expect(("here/a/1", b"out"), ("here/b/1", b"in"))
    far.publish("there/other", "whole", qos)
    near.expect(("here/whole", b"whole"))
    far.expect(("there/other", b"whole"))
    # What goes the wrong way goes nowhere.
    near.publish("here/b/2", "no", qos)
    far.publish("there/a/2", "no", qos)
    near.publish("here/whole", "last", qos)
    near.expect(("here/b/2", b"no"), ("here/whole", b"last"))
    assert far.next_message().payload == b"no"
    far.expect(("there/other", b"last"))


@every_pair
def test_many_messages_of_all_sizes_keep_their_order(pair):
    both = pair("topic # both 2")
    near, far = both.client("near"), both.client("far", ("m", 2))
    payloads = [str(number).encode() + b"x" * (number * 37 % 5000) for number in range(600)]
    payloads.append(b"y" * 1_000_000)
    for payload in payloads:
        near.client.publish("m", payload, 2)
    far.expect(*(("m", payload) for payload in payloads))


@pytest.mark.parametrize("middle, end", [
    ("mosquitto", "martlet"), ("martlet", "mosquitto"), ("martlet", "martlet")])
def test_a_chain_of_bridges_carries_each_message_once(brokers, middle, end):
    ports = [brokers.start(end).mqtt_port]
    for kind in (middle, "martlet"):
        rows = bridge(ports[-1], "topic # both 1", name=f"to-{len(ports)}")
        ports.append(brokers.start(kind, *rows.splitlines()).mqtt_port)
    for source in ports:
        for target in ports:
            if source != target:
                wait_until_carried(source, target)
    clients = [PythonClient("", port, subscribe=[("t/#", 1)]) for port in ports]
    for number, client in enumerate(clients):
        client.publish(f"t/{number}", "x", 1, retain=True)
    for number, client in enumerate(clients):
        client.publish("t/end", f"{number}", 1)
    for client in clients:
        arrived = []
        while [topic for topic, _ in arrived].count("t/end") < len(ports):
            message = client.next_message()
            arrived.append((message.topic, message.payload))
        assert sorted(arrived) == [
            *((f"t/{number}", b"x") for number in range(len(ports))),
            *(("t/end", b"%d" % number) for number in range(len(ports)))]
        assert client.messages.empty()
        client.close()


@every_pair
def test_one_bridge_that_shares_everything_makes_no_echo(pair):
    both = pair("topic # both 1")
    near, far = both.client("near", ("t/#", 1)), both.client("far", ("t/#", 1))
    near.publish("t/1", "x", 1, retain=True)
    far.expect(("t/1", b"x"))
    far.publish("t/2", "y", 1, retain=True)
    near.expect(("t/1", b"x"), ("t/2", b"y"))
    near.publish("t/3", "z", 1)
    near.expect(("t/3", b"z"))
    far.expect(("t/2", b"y"), ("t/3", b"z"))


@every_pair
def test_messages_stay_retained_on_the_other_side(pair):
    both = pair("topic r/# both 1")
    near, far = both.client("near"), both.client("far")
    near.publish("r/1", "x", 1, retain=True)
    far.publish("r/2", "y", 1, retain=True)
    for side, topic in (("far", "r/1"), ("near", "r/2")):
        def is_retained(side=side, topic=topic):
            reader = both.client(side, (topic, 1), ("$SYS/broker/version", 0))
            message = reader.next_message()
            return message.topic == topic and message.retain
        assert eventually(is_retained)


@pytest.mark.parametrize("far", ["mosquitto", "martlet"])
def test_messages_wait_for_a_remote_broker_that_is_away(brokers, far):
    port = free_port()
    near = brokers.start("martlet", *bridge(port, PROBE, "topic q out 1").splitlines())
    near.wait_for_log(r"Error creating bridge: br \(127.0.0.1:\d+\): Connection refused")
    writer = PythonClient("", near.mqtt_port)
    for number in range(50):
        writer.publish("q", f"{number}", 1)
    # The remote broker must know the reader before the bridge comes.
    first = brokers.start(far, port=port)
    reader = PythonClient("reader", port, clean=False, subscribe=[("q", 1)])
    seen = [reader.next_message().payload]
    while seen[-1] != b"49":
        seen.append(reader.next_message().payload)
    assert seen == [b"%d" % number for number in range(50)][-len(seen):]
    reader.close()
    first.finish()
    near.wait_for_log(r"Bridge br \(.*\) disconnected")
    for number in range(50, 60):
        writer.publish("q", f"{number}", 1)
    second = brokers.start(far, port=port)
    reader = PythonClient("reader", port, subscribe=[("q", 1)])
    writer.publish("q", "end", 1)
    while reader.next_message().payload != b"end":
        pass
    assert second.is_alive
    reader.close()
    writer.close()


def test_no_message_gets_lost_while_the_remote_broker_comes_and_goes(brokers):
    port = free_port()
    near = brokers.start("martlet", *bridge(port, "topic q out 1").splitlines())
    writer = PythonClient("", near.mqtt_port)
    seen = []
    for turn in range(3):
        far = brokers.start("martlet", "sys_interval 0", port=port)
        reader = PythonClient("", port, subscribe=[("q", 1)])
        near.wait_for_log(r"Bridge br \(.*\) connected", turn + 1)
        for number in range(10):
            writer.publish("q", f"{turn}.{number}", 1)
        while not seen or seen[-1] != f"{turn}.9":
            seen.append(reader.next_message().payload.decode())
        reader.close()
        far.end()
        near.wait_for_log(r"Bridge br \(.*\) disconnected", turn + 1)
    assert set(seen) == {f"{turn}.{number}" for turn in range(3) for number in range(10)}
    writer.close()


@every_pair
def test_both_brokers_are_told_whether_the_bridge_is_connected(pair):
    both = pair("remote_clientid me")
    topic = "$SYS/broker/connection/me/state"
    near, far = both.client("near", (topic, 1)), both.client("far", (topic, 1))
    assert eventually(lambda: near.next_message().payload == b"1")
    assert far.next_message().payload == b"1"
    if both.near.mqtt_port and type(both.near).__name__ == "Daemon":
        both.near.end()
        assert far.next_message().payload == b"0"


@pytest.mark.parametrize("far", ["mosquitto", "martlet"])
def test_properties_of_5_travel_over_a_bridge(brokers, far):
    both = Pair(
        brokers, "martlet", far, "bridge_protocol_version mqttv50", "topic # both 1 near/ far/")
    near = both.client("near", ("near/#", 1), version=paho.MQTTv5)
    far_client = both.client("far", ("far/#", 1), version=paho.MQTTv5)
    near.publish("near/a", "x", 1, UserProperty=[("k", "v")], ContentType="text")
    message = far_client.next_message()
    assert message.topic == "far/a" and message.properties.UserProperty == [("k", "v")]
    assert message.properties.ContentType == "text"
    near.expect(("near/a", b"x"))
    far_client.publish("far/b", "y", 1, CorrelationData=b"c", MessageExpiryInterval=100)
    message = near.next_message()
    assert message.topic == "near/b" and message.properties.CorrelationData == b"c"
    assert 90 < message.properties.MessageExpiryInterval <= 100
    both.close()


def test_a_bridge_of_mosquitto_s_with_5_makes_no_echo(brokers):
    both = Pair(
        brokers, "mosquitto", "martlet", "bridge_protocol_version mqttv50", "topic # both 1")
    near, far = both.client("near", ("t", 1)), both.client("far", ("t", 1))
    near.publish("t", "x", 1)
    far.expect(("t", b"x"))
    far.publish("t", "y", 1)
    near.expect(("t", b"x"), ("t", b"y"))
    far.expect(("t", b"y"))
    both.close()


def test_a_remote_broker_is_found_by_its_name(brokers):
    far = brokers.start("martlet")
    rows = bridge(far.mqtt_port, PROBE).replace("127.0.0.1", "localhost")
    near = brokers.start("martlet", *rows.splitlines())
    wait_until_carried(near.mqtt_port, far.mqtt_port)


def test_a_name_that_nobody_has_is_told_of(brokers, remote):
    rows = bridge(1).replace("127.0.0.1:1", f"no.such.host.invalid 127.0.0.1:{remote.port}")
    near = brokers.start("martlet", *rows.splitlines())
    near.wait_for_log(r"Error creating bridge: br \(no.such.host.invalid:1883\): \S+")
    assert remote.take_call().client_id == f"br.{socket.gethostname()}"


def test_a_bridge_that_is_refused_says_so(brokers, tmp_path):
    passwords = tmp_path / "passwords"
    passwords.write_text("", encoding="utf-8")
    far = brokers.start("martlet", "allow_anonymous false", f"password_file {passwords}")
    near = brokers.start("martlet", *bridge(far.mqtt_port).splitlines())
    near.wait_for_log(r"Connection error: bridge br \(.*\) refused: Not authorized", 2)
