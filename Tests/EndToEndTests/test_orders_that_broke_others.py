"""Things done in an order or a number that broke other brokers, from their change logs and issues:
harmless packets one by one, yet they have led to leaks, crashes and lost messages."""

import random
import time

import pytest

from attackers import Attacker
from packets import (
    DISCONNECT_PACKET, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, SUBACK, UNSUBACK, V5, V31, V311,
    answer, connect, every_version, number, publish, subscribe, unsubscribe, user_property, will)
from pythonclients import PythonClient, paho

BALLAST = b"x" * 5000


def configured(rows):
    """Adds rows to the configuration of the broker."""
    return pytest.mark.parametrize("broker", [rows], indirect=True, ids=[""])


# CVE-2023-28366
@every_version
def test_a_repeated_qos_2_identifier_is_one_message(broker, unharmed, python_client, version):
    reader = python_client(subscribe=[("once", 2)])
    with Attacker(broker.mqtt_port, version, client_id="evil") as attacker:
        for row in range(2000):
            attacker.send(publish(version, "once", BALLAST, 2, 7, flags=0x08 if row else 0))
            assert attacker.expect(PUBREC)[:2] == number(7)
        attacker.send(answer(PUBREL, 7))
        assert attacker.expect(PUBCOMP)[:2] == number(7)
        attacker.send(publish(version, "once", b"end", 1, 8))
        attacker.expect(PUBACK)
    reader.expect(("once", BALLAST), ("once", b"end"))
    unharmed()


# CVE-2023-28366
@every_version
def test_qos_2_messages_that_are_never_released_are_bounded(broker, unharmed, version):
    for _ in range(3):
        with Attacker(broker.mqtt_port) as attacker:
            attacker.try_to_send(connect(version, "evil", 0x00) + b"".join(
                publish(version, "none", BALLAST, 2, row) for row in range(1, 3000)))
            attacker.try_to_send(DISCONNECT_PACKET)
            attacker.wait_until_closed()
    unharmed()


# CVE-2023-28366: the other direction
@every_version
def test_deliveries_that_are_never_acknowledged_are_bounded(broker, unharmed, version):
    for _ in range(3):
        with Attacker(broker.mqtt_port, version, client_id="lazy") as lazy:
            lazy.send(subscribe(version, "flood", options=2))
            lazy.expect(SUBACK)
            with Attacker(broker.mqtt_port, version, client_id="busy") as busy:
                for row in range(1, 1501):
                    busy.send(publish(version, "flood", BALLAST, 1, row))
                    busy.expect(PUBACK)
    # A queue holds 1000 of them.
    unharmed(growth=1000 * len(BALLAST) + 4_000_000)


DOLLARS = ["$", "$a", "$a/b", "$sys/a", "$SYS", "$SYS/", "$SYS/broker/version", "$SYSTEM/a",
           "$share", "$share/", "$share/g", "$share/g/a", "$CONTROL", "$CONTROL/dynamic-security/v1",
           "$queue/a", "$/", "/$", "$$"]


# CVE-2018-12543
@every_version
def test_topics_that_start_with_a_dollar_end_nothing(broker, unharmed, version):
    for topic in DOLLARS:
        for data in (publish(version, topic, b"x", 1, flags=1), subscribe(version, topic, f"{topic}/#"),
                     unsubscribe(version, topic)):
            with Attacker(broker.mqtt_port, version, client_id="evil") as attacker:
                attacker.try_to_send(data + publish(version, "a", b"", 1, 99))
                while (answered := attacker.next_packet()) and answered[1][:2] != number(99):
                    pass
    unharmed()


# 2.0.16: wills to topics of the broker's own
@every_version
def test_nobody_publishes_for_the_broker(broker, unharmed, python_client, version):
    reader = python_client(version=paho.MQTTv5, subscribe=[("$SYS/broker/version", 1)])
    assert b" version " in reader.next_message().payload
    topic = "$SYS/broker/version"
    with Attacker(broker.mqtt_port, version, client_id="evil") as attacker:
        attacker.send(publish(version, topic, b"mine", 1, flags=1))
        code = attacker.expect(PUBACK)[2:]
        assert code[:1] == (b"\x87" if version == V5 else b"")
    dying = Attacker(broker.mqtt_port)
    dying.send(connect(version, "dying", 0x2E, rest=will(version, topic, "mine")))
    dying.close()
    late = python_client(version=paho.MQTTv5, subscribe=[("$SYS/broker/version", 1)])
    assert b" version " in late.next_message().payload
    assert reader.messages.empty()
    unharmed()


# CVE-2019-11779
@pytest.mark.parametrize("level", ["", "x", "+"], ids=["empty", "named", "plus"])
@every_version
def test_a_topic_of_thousands_of_levels_is_survived(broker, unharmed, version, level):
    deep = "/".join([level] * (65_535 // (len(level) + 1)))
    for row in range(20):
        for data in (subscribe(version, f"{row}{deep}"[:65_535]), subscribe(version, deep),
                     publish(version, deep, b"x", flags=1), unsubscribe(version, deep)):
            with Attacker(broker.mqtt_port, version, client_id="evil") as attacker:
                attacker.try_to_send(data + DISCONNECT_PACKET)
                attacker.wait_until_closed()
    unharmed()


def processor_seconds(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        user, system = file.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / 100


# 2.0.12
def test_very_many_user_properties_take_no_time(broker, unharmed):
    before = processor_seconds(broker.process)
    many = user_property("", "") * 19_000
    for data in (connect(V5, "evil", properties=many),
                 connect(V5, "evil", 0x06, rest=will(V5, "a", "x", many)),
                 connect(V5, "evil") + publish(V5, "a", properties=many * 15, flags=1),
                 connect(V5, "evil") + subscribe(V5, "a", properties=many),
                 connect(V5, "evil") + unsubscribe(V5, "a", properties=many)):
        for _ in range(3):
            with Attacker(broker.mqtt_port) as attacker:
                attacker.try_to_send(data + DISCONNECT_PACKET)
                attacker.wait_until_closed()
    # Room for the largest packet is kept.
    unharmed(growth=5_000_000)
    assert processor_seconds(broker.process) - before < 3


# CVE-2020-13849, 2.0.22: keepalive == max_keepalive
@configured("max_keepalive 10\n")
@pytest.mark.parametrize("version", [V31, V311], ids=["3.1", "3.1.1"])
def test_a_keep_alive_up_to_the_limit_is_taken(broker, version):
    for keepalive, code in ((9, 0), (10, 0), (11, 2), (65535, 2), (0, 2)):
        with Attacker(broker.mqtt_port) as attacker:
            attacker.send(connect(version, "guest", keepalive=keepalive))
            assert attacker.next_packet() == (0x20, bytes([0, code])), keepalive


# CVE-2020-13849, 2.0.22: keepalive == max_keepalive
@configured("max_keepalive 10\n")
def test_a_keep_alive_above_the_limit_is_set_to_it(broker, python_client):
    for keepalive, told in ((9, None), (10, None), (11, 10), (65535, 10), (0, 10)):
        client = python_client("guest", version=paho.MQTTv5, keepalive=keepalive)
        assert getattr(client.connack, "ServerKeepAlive", None) == told, keepalive
        client.close()


# CVE-2019-11778
@pytest.mark.parametrize("delay, expiry, wait", [
    (60, None, 0), (60, 0, 0), (60, 1, 1), (1, 60, 1), (0, 60, 0), (1, 1, 1)])
def test_a_delayed_will_comes_once(broker, unharmed, python_client, delay, expiry, wait):
    reader = python_client(subscribe=[("will/#", 1)])
    mine = b"" if expiry is None else b"\x11" + number(expiry, 4)
    begun = time.monotonic()
    with Attacker(broker.mqtt_port, V5, client_id="dying", flags=0x06, properties=mine,
                  rest=will(V5, "will/a", "gone", b"\x18" + number(delay, 4))):
        pass
    reader.expect(("will/a", b"gone"))
    # The broker counts whole milliseconds: it may take the last one as over.
    assert time.monotonic() - begun >= wait - 0.01
    python_client().publish("will/end", "", 1)
    reader.expect(("will/end", b""))
    unharmed()


# CVE-2019-11778
def test_wills_and_sessions_that_end_in_every_order(broker, unharmed, python_client):
    reader = python_client(subscribe=[("will/#", 1)])
    noise = random.Random(11778)
    for row in range(300):
        Attacker(broker.mqtt_port, V5, client_id=f"dying{noise.randrange(5)}",
                 flags=0x04 | noise.choice([0, 2]),
                 properties=b"\x11" + number(noise.choice([0, 1, 60]), 4),
                 rest=will(V5, "will/a", str(row), b"\x18" + number(noise.choice([0, 1, 60]), 4))
                 ).close()
    for name in range(5):
        Attacker(broker.mqtt_port, V5, client_id=f"dying{name}").close()
    python_client().publish("will/end", "", 1)
    seen = []
    while (message := reader.next_message()).topic != "will/end":
        seen.append(message.payload)
    assert len(seen) == len(set(seen))
    unharmed()


FILTERS = ["a", "a/#", "+", "+/b", "$share/g/a", "$share/h/a", "$share/g/a/#", "$share/g/+",
           "$share/g/+/b", "$share/h/+/b"]


class Model:
    """What a client should have, as a plain set."""

    def __init__(self, port, name):
        self.port, self.name, self.filters = port, name, set()
        self.link = None
        self.open(flags=0x02)

    def open(self, flags=0x00):
        self.link = Attacker(self.port, V5, client_id=self.name, flags=flags,
                             properties=b"\x11" + number(60, 4))
        if not self.link.session_present:
            self.filters.clear()

    def step(self, noise):
        name = noise.choice(FILTERS)
        kind = noise.random()
        if kind < 0.45:
            self.link.send(subscribe(V5, name, options=noise.choice([0, 1, 2])))
            assert self.link.expect(SUBACK)[-1] < 0x80
            self.filters.add(name)
        elif kind < 0.9:
            self.link.send(unsubscribe(V5, name))
            assert self.link.expect(UNSUBACK)[-1] == (0 if name in self.filters else 0x11), name
            self.filters.discard(name)
        else:
            self.link.send(noise.choice([DISCONNECT_PACKET, b""]))
            self.link.close()
            self.open(noise.choice([0x00, 0x00, 0x02]))


# 2.0.19
@pytest.mark.parametrize("seed", range(3))
def test_shared_and_plain_subscriptions_mixed_at_will(broker, unharmed, seed):
    noise = random.Random(seed)
    clients = [Model(broker.mqtt_port, f"client{row}") for row in range(4)]
    for _ in range(400):
        noise.choice(clients).step(noise)
    with Attacker(broker.mqtt_port, V5, client_id="writer") as writer:
        for topic in ("a", "a/b"):
            writer.send(publish(V5, topic, b"x", 1))
            has_reader = any(client.filters for client in clients if any(
                matches(name, topic) for name in client.filters))
            assert (writer.expect(PUBACK)[2:3] == b"\x10") != has_reader
    for client in clients:
        client.link.send(unsubscribe(V5, *FILTERS))
        while (answered := client.link.next_packet())[0] != UNSUBACK:
            assert answered[0] & 0xF0 == PUBLISH
        assert [code == 0 for code in answered[1][-len(FILTERS):]] == [
            name in client.filters for name in FILTERS]
        client.link.close()
    unharmed()


def matches(name, topic):
    plain = name.split("/", 2)[2] if name.startswith("$share/") else name
    return topic in {"a": ["a"], "a/#": ["a", "a/b"], "+": ["a"], "+/b": ["a/b"]}[plain]


# Issues 2881 and 2885
@every_version
def test_mass_subscribing_and_coming_back(broker, unharmed, version):
    names = [f"mass/{row}/+" for row in range(50)]
    rounds = 3
    for turn in range(rounds):
        links = [Attacker(broker.mqtt_port) for _ in range(100)]
        for row, link in enumerate(links):
            link.send(connect(version, f"client{row}", 0x00 if row % 2 else 0x02)
                      + subscribe(version, *names) + subscribe(version, *names))
        for row, link in enumerate(links):
            assert link.expect(0x20)[1] == 0
            assert len(link.expect(SUBACK)) == len(link.expect(SUBACK))
        if turn % 2:
            Attacker(broker.mqtt_port, version, client_id="client0").close()
        for link in links:
            link.close()
    for row in range(100):
        Attacker(broker.mqtt_port, version, client_id=f"client{row}").close()
    unharmed()


# 2.0.22
@configured("max_queued_messages 0\nmax_inflight_messages 0\n")
@every_version
def test_zero_is_no_limit_of_queues(broker, version):
    kept = {"SessionExpiryInterval": 60} if version == V5 else {}
    keeper = ["keeper", broker.mqtt_port, False]
    first = PythonClient(*keeper, version=version, **kept)
    first.subscribe("q", 1)
    first.close()
    with Attacker(broker.mqtt_port, version, client_id="writer") as writer:
        for row in range(1, 1501):
            writer.send(publish(version, "q", str(row).encode(), 1, row))
            writer.expect(PUBACK)
    second = PythonClient(*keeper, version=version, **kept)
    second.expect(*[("q", str(row).encode()) for row in range(1, 1501)])
    second.close()


# 1.6.12
@configured("max_queued_messages 10\n")
@every_version
def test_a_full_queue_still_answers_and_holds_no_more(broker, unharmed, version):
    kept = b"\x11" + number(60, 4) if version == V5 else b""
    with Attacker(broker.mqtt_port, version, client_id="keeper", flags=0, properties=kept) as keeper:
        keeper.send(subscribe(version, "q", options=2))
        keeper.expect(SUBACK)
    with Attacker(broker.mqtt_port, version, client_id="writer") as writer:
        for row in range(1, 1001):
            writer.send(publish(version, "q", BALLAST * 2, 2, row))
            assert writer.expect(PUBREC)[:2] == number(row)
            writer.send(answer(PUBREL, row))
            assert writer.expect(PUBCOMP)[:2] == number(row)
    unharmed()


# 2.0.16
def test_sys_values_do_not_expire(python_client):
    reader = python_client(version=paho.MQTTv5, subscribe=[("$SYS/#", 1)])
    for _ in range(5):
        assert not hasattr(reader.next_message().properties, "MessageExpiryInterval")
