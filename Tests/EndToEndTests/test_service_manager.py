"""What a service manager is told over NOTIFY_SOCKET: sd_notify's lines, without its library."""

import os
import signal
import socket

import pytest

from daemon import PATIENCE

PLAIN = "listener 0 127.0.0.1\nallow_anonymous true\n"


class Manager:
    """A service manager's socket."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(PATIENCE)
        self.socket.bind(address)

    def next(self):
        return self.socket.recv(4096).decode().split("\n")


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path, monkeypatch):
    """The manager whom the daemons of this test are started by."""
    name = str(tmp_path / "notify")
    if request.param == "abstract":
        name = f"@martlet-test-{os.getpid()}"
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    manager = Manager(name.replace("@", "\0"))
    yield manager
    manager.socket.close()


def test_the_manager_hears_of_start_reload_and_end(manager, start_daemon):
    daemon = start_daemon(PLAIN)
    assert manager.next() == ["READY=1"]
    daemon.process.send_signal(signal.SIGHUP)
    reloading, when = manager.next()
    assert reloading == "RELOADING=1" and int(when.removeprefix("MONOTONIC_USEC=")) > 0
    assert manager.next() == ["READY=1"]
    assert daemon.end() == 0
    assert manager.next() == ["STOPPING=1"]


def test_an_idle_daemon_feeds_the_watchdog(manager, start_daemon, monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "100000")
    start_daemon(PLAIN + "sys_interval 0\n")
    assert [manager.next() for _ in range(4)] == [["READY=1"]] + 3 * [["WATCHDOG=1"]]


@pytest.mark.parametrize("name, value", [
    ("WATCHDOG_PID", "1"), ("WATCHDOG_USEC", "0"), ("WATCHDOG_USEC", "-5"),
    ("WATCHDOG_USEC", "soon")])
def test_a_watchdog_of_somebody_else_gets_nothing(
        manager, start_daemon, monkeypatch, name, value):
    monkeypatch.setenv("WATCHDOG_USEC", "1000")
    monkeypatch.setenv(name, value)
    daemon = start_daemon(PLAIN + "sys_interval 1\n")
    assert manager.next() == ["READY=1"]
    assert daemon.end() == 0
    assert manager.next() == ["STOPPING=1"]


@pytest.mark.parametrize("name", ["relative", "/nowhere/notify", "/" + 200 * "x"])
def test_a_manager_that_is_not_there_is_a_warning(start_daemon, monkeypatch, name):
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    daemon = start_daemon(PLAIN)
    daemon.wait_for_log(f"Warning: Unable to .*{name}")
