"""Where listeners are bound: `socket_domain`, `bind_interface`."""

import socket
import subprocess
from pathlib import Path

import pytest

from daemon import PATIENCE
from test_settings_that_broke_others import listening_addresses

OPEN = "log_type all\nallow_anonymous true\n"
ANYWHERE = {"ipv4": "00000000", "ipv6": "0" * 32}


# effect: socket_domain
@pytest.mark.parametrize("option, families", [
    ("", {"ipv4", "ipv6"}), ("socket_domain ipv4\n", {"ipv4"}), ("socket_domain ipv6\n", {"ipv6"})])
@pytest.mark.parametrize("listener", ["listener 0\n", "port 0\n"])
def test_one_kind_of_addresses(start_daemon, listener, option, families):
    daemon = start_daemon(OPEN + listener + option)
    expected = {ANYWHERE[family] for family in families}
    assert listening_addresses(daemon.process) == expected


def refusal(martlet, tmp_path, text):
    path = tmp_path / "wrong.conf"
    path.write_text(OPEN + text, encoding="utf-8")
    result = subprocess.run(
        [martlet, "run", "-c", str(path)], capture_output=True, text=True, timeout=PATIENCE,
        check=False)
    assert result.returncode == 1
    return result.stderr


def test_an_address_of_the_other_kind_is_told_of(martlet, tmp_path):
    told = refusal(martlet, tmp_path, "listener 0 127.0.0.1\nsocket_domain ipv6\n")
    assert "no address is of socket_domain" in told


def test_an_interface_that_is_not_there_is_told_of(martlet, tmp_path):
    assert "bind to nowhere0" in refusal(
        martlet, tmp_path, "listener 0 127.0.0.1\nbind_interface nowhere0\n")


def another_interface():
    """A network interface that is not the loopback; fails where there is none."""
    names = sorted(path.name for path in Path("/sys/class/net").iterdir())
    return next(name for name in names if name != "lo")


def gets_in(port):
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE):
            return True
    except ConnectionRefusedError:
        return False


# effect: bind_interface
def test_only_who_comes_by_the_interface_gets_in(start_daemon):
    """What is sent to 127.0.0.1 comes in on lo."""
    for option, expected in (
            ("", True), ("bind_interface lo\n", True),
            (f"bind_interface {another_interface()}\n", False)):
        daemon = start_daemon(f"{OPEN}listener 0\nsocket_domain ipv4\n{option}")
        assert gets_in(daemon.mqtt_port) == expected


# effect: port bind_address
@pytest.mark.parametrize("rows, expected", [
    ("port 0\n", set(ANYWHERE.values())), ("port 0\nbind_address 127.0.0.1\n", {"0100007F"})])
def test_the_default_listener_is_where_it_is_said_to_be(start_daemon, rows, expected):
    daemon = start_daemon(OPEN + rows)
    assert listening_addresses(daemon.process) == expected
    daemon.wait_for_log("The 'port' option is now deprecated")
