"""The log file: the form of its times, and opening it anew after it was moved."""

import re
import signal

import pytest

from daemon import eventually
from pythonclients import PythonClient

PLAIN = "listener 0 127.0.0.1\nallow_anonymous true\n"


# effect: log_timestamp_format
def test_times_have_the_wanted_form(start_daemon):
    daemon = start_daemon(PLAIN + "log_timestamp_format %Y-%m-%dT%H:%M:%S\n")
    lines = daemon.log.splitlines()
    assert lines and all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d: ", line) for line in lines)


def test_a_format_without_text_gives_seconds(start_daemon):
    daemon = start_daemon(PLAIN + f"log_timestamp_format {300 * 'x'}\n")
    assert all(re.match(r"\d+: ", line) for line in daemon.log.splitlines())


@pytest.mark.parametrize("asked", [signal.SIGHUP, signal.SIGRTMIN])
def test_a_moved_file_is_let_go(start_daemon, tmp_path, asked):
    log = tmp_path / "log"
    daemon = start_daemon(PLAIN + f"log_dest stderr\nlog_dest file {log}\n")
    log.rename(tmp_path / "old")
    daemon.process.send_signal(asked)
    assert eventually(log.exists)
    daemon.process.send_signal(signal.SIGUSR1)
    assert eventually(lambda: "Nothing to save" in log.read_text(encoding="utf-8"))
    assert "Nothing to save" not in (tmp_path / "old").read_text(encoding="utf-8")


# effect: log_timestamp
@pytest.mark.parametrize("option, form", [
    ("", r"\d+: \S"), ("log_timestamp true\n", r"\d+: \S"), ("log_timestamp false\n", r"[^\d]")])
def test_lines_begin_with_their_time_or_not(start_daemon, option, form):
    daemon = start_daemon(PLAIN + option)
    assert all(re.match(form, line) for line in daemon.log.splitlines())


# effect: connection_messages
@pytest.mark.parametrize("option, is_told", [
    ("", True), ("connection_messages true\n", True), ("connection_messages false\n", False)])
def test_connects_and_disconnects_are_told_of_or_not(start_daemon, option, is_told):
    daemon = start_daemon(PLAIN + "log_type all\n" + option)
    client = PythonClient("somebody", daemon.mqtt_port)
    client.publish("t", "x", 1)
    client.close()
    assert daemon.end() == 0
    assert ("New client connected" in daemon.log) == is_told
    assert bool(re.search("Client somebody .*disconnected", daemon.log)) == is_told
