"""`mount_point`: clients below a part of the topics, without seeing it."""

import pytest

from attackers import Attacker
from doors import open_doors
from packets import PUBLISH, V5, V311, connect, publish, subscribe, text
from pythonclients import paho

every_kind = pytest.mark.parametrize("kind", ["port", "websockets", "unix"])
both_versions = pytest.mark.parametrize("version", [paho.MQTTv311, paho.MQTTv5], ids=["311", "5"])
OPEN = "log_type all\nallow_anonymous true\n"


@pytest.fixture
def doors(start_daemon, tmp_path):
    def open_them(kind="port", options="mount_point site/\n", before=OPEN):
        return open_doors(start_daemon, tmp_path, kind, options, before=before)

    return open_them


# effect: mount_point
@every_kind
@both_versions
def test_topics_are_below_it_and_it_is_not_seen(doors, kind, version):
    _, inside, outside = doors(kind)
    guest = inside.enter("guest", version, subscribe=[("a/+", 1)])
    host = outside.enter("host", version, subscribe=[("#", 1)])
    guest.publish("a/b", "from inside", 1)
    guest.expect(("a/b", b"from inside"))
    host.expect(("site/a/b", b"from inside"))
    host.publish("a/b", "not for inside", 1)
    host.publish("site/a/c", "from outside", 2)
    guest.expect(("a/c", b"from outside"))
    guest.unsubscribe("a/+")
    host.publish("site/a/c", "too late", 1)
    guest.subscribe("end", 1)
    host.publish("site/end", "", 1)
    guest.expect(("end", b""))
    guest.close()
    host.close()


@every_kind
def test_without_it_all_topics_are_the_same(doors, kind):
    _, inside, outside = doors(kind, options="")
    guest = inside.enter("guest", subscribe=[("a", 1)])
    host = outside.enter("host")
    host.publish("a", "x", 1)
    guest.expect(("a", b"x"))
    guest.close()
    host.close()


@pytest.mark.parametrize("kind", ["port", "unix"])
def test_a_will_is_below_it(doors, kind):
    _, inside, outside = doors(kind)
    host = outside.enter("host", subscribe=[("site/w", 1), ("w", 1)])
    guest = inside.enter("guest", will={"topic": "w", "payload": "gone", "qos": 1})
    guest.break_off()
    host.expect(("site/w", b"gone"))
    host.close()


def test_retained_messages_and_wildcards_do_not_reach_out_of_it(doors):
    _, inside, outside = doors()
    host = outside.enter("host")
    host.publish("outside", "1", 1, retain=True)
    host.publish("site/in", "2", 1, retain=True)
    guest = inside.enter("guest", subscribe=[("#", 1), ("$SYS/#", 1), ("+", 1)])
    guest.expect(("in", b"2"), ("in", b"2"))
    assert guest.messages.empty()
    guest.close()
    host.close()


def test_a_shared_subscription_is_below_it(doors):
    _, inside, outside = doors()
    guest = inside.enter("guest", subscribe=[("$share/g/a", 1)])
    host = outside.enter("host")
    host.publish("a", "not this", 1)
    host.publish("site/a", "this", 1)
    guest.expect(("a", b"this"))
    # A filter that is none does not become one by it.
    assert guest.subscribe("$share/g/", 1) == [0x8F]
    guest.close()
    host.close()


def test_members_inside_and_outside_share(doors):
    _, inside, outside = doors()
    guest = inside.enter("guest", subscribe=[("$share/g/a", 1)])
    host = outside.enter("host", subscribe=[("$share/g/site/a", 1)])
    for payload in "12":
        host.publish("site/a", payload, 1)
    found = {(guest.next_message().topic, host.next_message().topic)}
    assert found == {("a", "site/a")}
    guest.close()
    host.close()


def test_many_inside_and_outside_get_one_message(doors):
    _, inside, outside = doors()
    guests = [inside.enter(f"guest{k}", version, subscribe=[("a", k % 3)])
              for k, version in enumerate([paho.MQTTv311, paho.MQTTv5] * 3)]
    hosts = [outside.enter(f"host{k}", version, subscribe=[("site/a", k % 3)])
             for k, version in enumerate([paho.MQTTv311, paho.MQTTv5] * 3)]
    hosts[0].publish("site/a", "x", 2)
    for guest in guests:
        guest.expect(("a", b"x"))
    for host in hosts:
        host.expect(("site/a", b"x"))
    for client in guests + hosts:
        client.close()


def test_topic_aliases_stand_for_topics_below_it(doors):
    _, inside, outside = doors()
    host = outside.enter("host", subscribe=[("site/a", 1)])
    with Attacker(inside.port, V5, client_id="guest") as guest:
        guest.send(publish(V5, "a", b"1", properties=b"\x23\x00\x01"))
        guest.send(publish(V5, "", b"2", properties=b"\x23\x00\x01"))
        host.expect(("site/a", b"1"), ("site/a", b"2"))
    with Attacker(inside.port, V5, client_id="reader", properties=b"\x22\x00\x05") as reader:
        reader.send(subscribe(V5, "a"))
        reader.next_packet()
        for payload in (b"1", b"2"):
            host.publish("site/a", payload, 1)
        assert reader.expect(PUBLISH) == text("a") + b"\x03\x23\x00\x01" + b"1"
        assert reader.expect(PUBLISH) == text("") + b"\x03\x23\x00\x01" + b"2"
    host.close()


@pytest.mark.parametrize("version", [V311, V5], ids=["311", "5"])
def test_a_topic_that_gets_too_long_ends_its_connection(doors, version):
    daemon, inside, _ = doors()
    longest = "x" * (65_535 - len("site/"))
    with Attacker(inside.port, version, client_id="guest") as guest:
        guest.send(publish(version, longest, b"", 1))
        assert guest.next_packet()[0] == 0x40
        guest.send(publish(version, longest + "x", b"", 1))
        guest.wait_until_closed()
    with Attacker(inside.port) as guest:
        will = text(longest + "x") + text("w")
        guest.send(connect(version, "guest", flags=0x06, rest=(b"\0" if version == V5 else b"")
                           + will))
        guest.wait_until_closed()
    daemon.wait_for_log("topic too long below mount_point")


def test_a_session_that_moves_in_sees_only_what_is_below(doors):
    """What waits from before has no name there."""
    daemon, inside, outside = doors()
    kept = {"clean": False, "version": paho.MQTTv311}
    outside.enter("c", **kept, subscribe=[("#", 1)]).close()
    host = outside.enter("host")
    host.publish("outside", "1", 1)
    host.publish("site/a", "2", 1)
    guest = inside.enter("c", **kept)
    guest.expect(("a", b"2"))
    guest.publish("b", "3", 1)
    guest.expect(("b", b"3"))
    guest.close()
    host.close()
    assert daemon.is_alive


def test_rights_are_those_to_the_whole_topic(doors, tmp_path):
    (tmp_path / "acl").write_text("topic site/good\n", encoding="utf-8")
    daemon, inside, _ = doors(before=f"{OPEN}acl_file {tmp_path}/acl\n")
    guest = inside.enter("guest", subscribe=[("#", 1)])
    guest.publish("bad", "x", 1)
    daemon.wait_for_log("guest.*not allowed to publish to site/bad")
    guest.publish("good", "x", 1)
    guest.expect(("good", b"x"))
    guest.close()


def test_nobody_publishes_as_the_broker_by_it(doors):
    """A mount point makes no $SYS of a client's topic, and hides that of the broker."""
    _, inside, outside = doors(options="mount_point site/\n")
    host = outside.enter("host", subscribe=[("site/$SYS/broker/version", 1)])
    guest = inside.enter("guest")
    guest.publish("$SYS/broker/version", "mine", 1, UserProperty=("k", "v"))
    host.expect(("site/$SYS/broker/version", b"mine"))
    guest.close()
    host.close()
