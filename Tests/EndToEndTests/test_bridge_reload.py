"""Bridges that change at SIGHUP."""

import signal

import pytest

from bridges import LOCAL, bridge, messages
from pythonclients import PythonClient


@pytest.fixture
def reloaded(start_daemon, tmp_path):
    """Starts a daemon, and gives it another configuration."""
    daemons = []

    def change(text):
        path = tmp_path / "martlet-0.conf"
        if not daemons:
            daemons.append(start_daemon(LOCAL + text))
            return daemons[0]
        path.write_text(LOCAL + text, encoding="utf-8")
        count = daemons[0].log.count("Reloading config")
        daemons[0].process.send_signal(signal.SIGHUP)
        daemons[0].wait_for_log("Reloading config", count + 1)
        return daemons[0]

    return change


def publish(daemon, topic, payload):
    client = PythonClient("", daemon.mqtt_port)
    client.publish(topic, payload, 1)
    client.close()


def test_a_bridge_can_be_added_and_taken_away(reloaded, remotes):
    first, second = remotes(), remotes()
    reloaded(bridge(first.port, name="first"))
    side = first.accept()
    side.grant()
    reloaded(bridge(first.port, name="first") + bridge(second.port, name="second"))
    other = second.accept()
    other.grant()
    daemon = reloaded(bridge(second.port, name="second"))
    assert side.wait_until_closed()[-1][0] == 0xE0
    # The one that stays was not touched.
    publish(daemon, "t", "x")
    while other.next_publish()[0] != "t":
        pass


# effect: bridge_reload_type
@pytest.mark.parametrize("rows, is_immediate", [
    ([], False), (["bridge_reload_type immediate"], True)])
def test_a_changed_bridge_is_renewed_now_or_with_its_next_connection(
        reloaded, remote, rows, is_immediate):
    reloaded(bridge(remote.port, "clientid before", *rows))
    side = remote.accept()
    side.grant()
    daemon = reloaded(bridge(remote.port, "clientid after", *rows))
    if not is_immediate:
        publish(daemon, "t", "x")
        while side.next_publish()[0] != "t":
            pass
        side.close()
    assert remote.take_call().client_id == "after"


def test_what_waits_for_a_changed_bridge_stays(reloaded, remote):
    rows = ["bridge_reload_type immediate", "local_clientid mine", "topic t out 1"]
    daemon = reloaded(bridge(remote.port, *rows, "topic gone out 1"))
    side = remote.accept()
    side.grant()
    side.close()
    daemon.wait_for_log(r"Bridge br \(.*\) disconnected")
    # Nobody answers this one.
    remote.answer()
    publish(daemon, "t", "1")
    reloaded(bridge(remote.port, *rows, "topic new out 1"))
    publish(daemon, "t", "2")
    publish(daemon, "gone", "3")
    publish(daemon, "new", "4")
    seen = [message[:2] for message in messages(remote.accept(), 3)]
    assert seen == [("t", "1"), ("t", "2"), ("new", "4")]


@pytest.mark.parametrize("session", ["false", "true"])
def test_what_waits_for_a_lazy_bridge_that_changes_stays(reloaded, remote, session):
    rows = ["bridge_reload_type immediate", "start_type lazy", "threshold 3", "topic t out 0",
            f"cleansession {session}"]
    daemon = reloaded(bridge(remote.port, *rows))
    publish(daemon, "t", "1")
    publish(daemon, "t", "2")
    reloaded(bridge(remote.port, *rows, "idle_timeout 30"))
    publish(daemon, "t", "3")
    seen = [message[:2] for message in messages(remote.accept(), 3)]
    assert seen == [("t", "1"), ("t", "2"), ("t", "3")]


@pytest.mark.parametrize("wrong", [
    "topic t sideways\n", "bridge_psk 00\n", "bridge_cafile /no/such/file\n", "no_such_option 1\n",
    "connection br\naddress h\ntopic t\n",
])
def test_a_wrong_file_changes_nothing(reloaded, remote, wrong):
    reloaded(bridge(remote.port, "clientid before"))
    side = remote.accept()
    side.grant()
    daemon = reloaded(
        bridge(remote.port, "clientid after", "bridge_reload_type immediate") + wrong)
    daemon.wait_for_log(r"What was in force stays")
    publish(daemon, "t", "x")
    while side.next_publish()[0] != "t":
        pass
    side.close()
    assert remote.take_call().client_id == "before"
