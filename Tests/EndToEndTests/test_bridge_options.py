"""What each option of a bridge changes, seen by a remote broker that is played by hand."""

import socket
import struct
from pathlib import Path

import pytest

from bridges import LOCAL, SUBSCRIBE, UNSUBSCRIBE, bridge, messages
from daemon import eventually
from packets import packet
from pythonclients import PythonClient


@pytest.fixture
def call(start_daemon, remote):
    """The CONNECT of a bridge with these options."""
    def take(*rows, **options):
        start_daemon(LOCAL + bridge(remote.port, *rows, **options))
        return remote.take_call()
    return take


# effect: connection
# effect: address
def test_a_bridge_calls_under_its_name(call):
    assert call(name="one").client_id == f"one.{socket.gethostname()}"


# effect: addresses
def test_addresses_is_another_name_of_address(start_daemon, remote):
    rows = bridge(remote.port).replace("address ", "addresses ")
    start_daemon(LOCAL + rows)
    assert remote.take_call().level == 0x84


# effect: try_private
# effect: bridge_protocol_version
@pytest.mark.parametrize("rows, level", [
    ([], 0x84), (["try_private false"], 4), (["bridge_protocol_version mqttv31"], 0x83),
    (["bridge_protocol_version mqttv311"], 0x84), (["bridge_protocol_version mqttv50"], 5),
    (["bridge_protocol_version mqttv31", "try_private false"], 3),
])
def test_the_version_is_that_of_the_option(call, rows, level):
    assert call(*rows).level == level


# effect: remote_clientid
# effect: clientid
# effect: remote_username
# effect: username
# effect: remote_password
# effect: password
@pytest.mark.parametrize("prefix", ["remote_", ""])
def test_the_bridge_logs_in(call, prefix):
    seen = call(f"{prefix}clientid me", f"{prefix}username you", f"{prefix}password it's secret")
    assert (seen.client_id, seen.user_name, seen.password) == ("me", "you", "it's secret")


# effect: cleansession
@pytest.mark.parametrize("rows, flag", [([], 0), (["cleansession true"], 2)])
def test_the_session_there_is_clean_where_that_is_wanted(call, rows, flag):
    assert call(*rows, "notifications false").flags == flag


# effect: keepalive_interval
@pytest.mark.parametrize("rows, seconds", [([], 60), (["keepalive_interval 7"], 7)])
def test_the_keep_alive_is_that_of_the_option(call, rows, seconds):
    assert call(*rows).keepalive == seconds


# effect: notifications
# effect: notifications_local_only
# effect: notification_topic
@pytest.mark.parametrize("rows, will", [
    (["clientid me"], ("$SYS/broker/connection/me/state", "0")),
    (["notification_topic a/b"], ("a/b", "0")),
    (["notifications false"], None),
    (["notifications_local_only true"], None),
])
def test_the_will_tells_that_the_bridge_is_gone(call, rows, will):
    assert call(*rows).will == will


# effect: bridge_receive_maximum
# effect: bridge_session_expiry_interval
# effect: bridge_max_topic_alias
@pytest.mark.parametrize("row, part, default", [
    ("bridge_receive_maximum 9", "21 0009", "21 0014"),
    ("bridge_session_expiry_interval 77", "11 0000004d", None),
    ("bridge_max_topic_alias 3", "22 0003", "22 000a"),
    ("bridge_max_topic_alias 0", None, "22 000a"),
])
def test_version_5_tells_what_the_bridge_takes(start_daemon, remotes, row, part, default):
    for rows, wanted in (([row], part), ([], default)):
        remote = remotes()
        start_daemon(LOCAL + bridge(remote.port, "bridge_protocol_version mqttv50", *rows))
        seen = remote.take_call().properties
        if wanted:
            assert bytes.fromhex(wanted) in seen
        else:
            assert bytes.fromhex((part or default).split()[0]) not in seen


# effect: bridge_attempt_unsubscribe
@pytest.mark.parametrize("rows, requests", [
    ([], [SUBSCRIBE, UNSUBSCRIBE]), (["bridge_attempt_unsubscribe false"], [SUBSCRIBE]),
])
def test_topics_that_go_out_are_unsubscribed_from(start_daemon, remote, rows, requests):
    daemon = start_daemon(LOCAL + bridge(remote.port, "topic t out", "topic u in", *rows))
    side = remote.accept()
    assert [first for first, _ in side.grant(len(requests))] == requests
    publish(daemon, "t", "x")
    # Nothing else came before the message.
    assert side.next_publish()[:2] in [("t", "x")]


def publish(daemon, topic, payload, qos=0, retain=False):
    client = PythonClient("", daemon.mqtt_port)
    client.publish(topic, payload, qos, retain)
    client.close()


# effect: bridge_outgoing_retain
@pytest.mark.parametrize("rows, is_retained", [
    ([], True), (["bridge_outgoing_retain false"], False)])
def test_messages_stay_retained_on_their_way_out(start_daemon, remote, rows, is_retained):
    daemon = start_daemon(LOCAL + bridge(remote.port, *rows))
    publish(daemon, "t", "before", retain=True)
    side = remote.accept()
    side.grant()
    assert messages(side, 1) == [("t", "before", 0, is_retained)]
    publish(daemon, "t", "x", 1, retain=True)
    publish(daemon, "t", "y", 1)
    assert messages(side, 2) == [("t", "x", 1, is_retained), ("t", "y", 1, False)]


# effect: bridge_max_packet_size
@pytest.mark.parametrize("version", ["mqttv311", "mqttv50"])
@pytest.mark.parametrize("rows", [[], ["bridge_max_packet_size 100"]])
def test_larger_packets_are_dropped(start_daemon, remote, version, rows):
    daemon = start_daemon(
        LOCAL + bridge(remote.port, f"bridge_protocol_version {version}", *rows))
    side = remote.accept()
    side.grant()
    publish(daemon, "t", "x" * 200, 1)
    publish(daemon, "t", "small", 1)
    sizes = [len(message[1]) for message in messages(side, 1 if rows else 2)]
    assert sizes == ([5] if rows else [200, 5])
    if rows:
        daemon.wait_for_log(r"message for bridge br \(127.0.0.1:\d+\) was dropped: 't'")


# effect: bridge_bind_address
@pytest.mark.parametrize("rows, host", [
    ([], "127.0.0.1"), (["bridge_bind_address 127.0.0.7"], "127.0.0.7")])
def test_the_bridge_calls_from_the_address_of_the_option(start_daemon, remote, rows, host):
    start_daemon(LOCAL + bridge(remote.port, *rows))
    assert remote.answer().peer[0] == host


# effect: bridge_tcp_keepalive
@pytest.mark.parametrize("rows, timer", [([], "00"), (["bridge_tcp_keepalive 60 10 3"], "02")])
def test_the_kernel_watches_the_connection(start_daemon, remote, rows, timer):
    start_daemon(LOCAL + bridge(remote.port, *rows))
    side = remote.answer()
    side.take_call()
    there, here = f":{remote.port:04X}", f":{side.peer[1]:04X}"

    def timers():
        return [columns[5].split(":")[0] for columns in
                (row.split() for row in Path("/proc/net/tcp").read_text("ascii").splitlines())
                if columns[1].endswith(here) and columns[2].endswith(there)]

    # What is being acknowledged has a timer of its own, for a moment.
    assert eventually(lambda: timers() == [timer]), timers()


# effect: bridge_tcp_user_timeout
def test_a_remote_broker_that_reads_nothing_is_left_in_time(start_daemon, remotes):
    patient, quick = remotes(), remotes()
    daemon = start_daemon(
        LOCAL + bridge(patient.port, name="patient", wait="restart_timeout 60")
        + bridge(quick.port, "bridge_tcp_user_timeout 500", name="quick",
                 wait="restart_timeout 60"))
    for remote in (patient, quick):
        remote.accept().grant()
    for _ in range(12):
        publish(daemon, "t", "x" * 1_000_000)
    daemon.wait_for_log(r"Bridge quick \(.*\) disconnected: Connection timed out")
    assert "Bridge patient (127.0.0.1:%d) disconnected" % patient.port not in daemon.log


# effect: local_clientid
def test_the_bridge_is_known_here_by_its_local_name(start_daemon, remote):
    daemon = start_daemon(LOCAL + bridge(remote.port, "local_clientid mine"))
    side = remote.accept()
    side.grant()
    stranger = PythonClient("local.other", daemon.mqtt_port)
    publish(daemon, "t", "x", 1)
    assert messages(side, 1)[0][1] == "x"
    PythonClient("mine", daemon.mqtt_port).close()
    daemon.wait_for_log(r"Bridge br \(.*\) was closed here: takenOver")
    stranger.close()
    assert remote.take_call()


# effect: local_cleansession
@pytest.mark.parametrize("rows, arrives", [
    ([], True), (["local_cleansession true"], False), (["cleansession true"], False),
    (["cleansession true", "local_cleansession false"], True),
])
def test_messages_wait_here_for_the_bridge(start_daemon, remotes, rows, arrives):
    remote = remotes()
    daemon = start_daemon(LOCAL + bridge(remote.port, *rows))
    side = remote.accept()
    side.grant()
    side.close()
    daemon.wait_for_log(r"Bridge br \(.*\) disconnected")
    publish(daemon, "t", "while away", 1)
    side = remote.accept()
    publish(daemon, "t", "later", 1)
    expected = ["while away", "later"] if arrives else ["later"]
    # Without a session the bridge has to subscribe first.
    side.grant()
    publish(daemon, "t", "last", 1)
    seen = []
    while not seen or seen[-1] != "last":
        seen.append(messages(side, 1)[0][1])
    assert ("while away" in seen) == arrives, (seen, expected)


# effect: restart_timeout
def test_the_wait_before_the_next_call_is_that_of_the_option(start_daemon, remotes):
    slow, quick = remotes(), remotes()
    daemon = start_daemon(
        LOCAL + bridge(slow.port, name="slow", wait="restart_timeout 60")
        + bridge(quick.port, name="quick", wait="restart_timeout 1"))
    for remote in (slow, quick):
        remote.answer().close()
    for _ in range(2):
        quick.answer().close()
    daemon.wait_for_log("Connecting bridge quick", 3)
    assert daemon.log.count("Connecting bridge slow") == 1


# effect: start_type
# effect: threshold
# effect: idle_timeout
def test_a_lazy_bridge_calls_when_messages_wait(start_daemon, remotes):
    lazy, once = remotes(), remotes()
    daemon = start_daemon(
        LOCAL + bridge(lazy.port, "start_type lazy", "threshold 3", "idle_timeout 1", name="lazy")
        + bridge(once.port, "start_type once", name="once"))
    once.accept().close()
    for number in range(2):
        publish(daemon, "t", f"{number}", 1)
    daemon.wait_for_log(r"Bridge once \(.*\) disconnected")
    assert "Connecting bridge lazy" not in daemon.log
    publish(daemon, "t", "2", 1)
    side = lazy.accept()
    assert [message[1] for message in messages(side, 3)] == ["0", "1", "2"]
    daemon.wait_for_log(r"Bridge lazy \(.*\) disconnected: idle")
    # By then one that comes again after a second would have.
    assert daemon.log.count("Connecting bridge once") == 1


# effect: round_robin
@pytest.mark.parametrize("rows", [[], ["round_robin true"]])
def test_the_first_address_is_the_best_or_one_of_many(start_daemon, remotes, rows):
    first, second = remotes(), remotes()
    place = f"127.0.0.1:{first.port} 127.0.0.1:{second.port}"
    text = LOCAL + bridge(first.port, *rows).replace(f"127.0.0.1:{first.port}", place)
    start_daemon(text)
    first.accept().close()
    (second if rows else first).accept()


def test_a_bridge_falls_back_and_returns(start_daemon, remotes):
    first, second = remotes(), remotes()
    place = f"127.0.0.1:{first.port} 127.0.0.1:{second.port}"
    first.close()
    daemon = start_daemon(
        LOCAL + bridge(first.port).replace(f"127.0.0.1:{first.port}", place))
    side = second.accept()
    side.grant()
    back = remotes(port=first.port)
    # One connection only looks whether somebody is there.
    back.answer()
    assert back.take_call().level == 0x84
    daemon.wait_for_log(r"Bridge br \(.*\) goes back to its first address")
    assert side.wait_until_closed()[-1][0] == 0xE0


def test_a_remote_broker_that_answers_nothing_is_left(start_daemon, remote):
    daemon = start_daemon(LOCAL + bridge(remote.port, "keepalive_interval 5"))
    remote.take_call()
    daemon.wait_for_log(r"Bridge br \(.*\) disconnected: no CONNACK in time")
    side = remote.accept()
    side.grant()
    daemon.wait_for_log(r"Bridge br \(.*\) disconnected: no PINGRESP in time")
    assert remote.take_call()


def test_a_broker_that_does_not_know_the_mark_is_called_without(start_daemon, remote):
    start_daemon(LOCAL + bridge(remote.port))
    side = remote.answer()
    assert side.take_call().level == 0x84
    side.send(packet(0x20, b"\0\1"))
    assert remote.take_call().level == 4


def test_unanswered_messages_come_again_with_dup(start_daemon, remote):
    daemon = start_daemon(LOCAL + bridge(remote.port))
    side = remote.accept()
    side.grant()
    publish(daemon, "t", "x", 1)
    while side.next_publish(acknowledges=False)[0] != "t":
        pass
    side.close()
    side = remote.accept(is_present=True)
    first, body = next(
        (first, body) for first, body in iter(side.next_packet, None)
        if first & 0xF0 == 0x30 and first & 6)
    assert first == 0x3A and body[:3] == b"\0\1t" and body[5:] == b"x"
    assert struct.unpack(">H", body[3:5]) == (1,)
