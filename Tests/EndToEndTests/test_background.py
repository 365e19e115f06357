"""`martlet run -d`, `-q`, `-p`, `--version` and `-h`."""

import os
import re
import signal
import subprocess

import pytest

from brokers import free_port
from daemon import Daemon, eventually


def run(martlet, *arguments):
    return subprocess.run(
        [martlet, "run", *map(str, arguments)], capture_output=True, timeout=30, check=False,
        text=True)


@pytest.fixture
def background(martlet, tmp_path):
    """Starts a daemon in the background; gives what its starter said, and its process."""
    pids = []

    def start(*rows):
        pid, path = tmp_path / "pid", tmp_path / "martlet.conf"
        path.write_text("\n".join(["allow_anonymous true", f"pid_file {pid}", *rows, ""]))
        result = run(martlet, "-d", "-c", path)
        if result.returncode == 0:
            pids.append(int(pid.read_text()))
        return result, pids[-1] if result.returncode == 0 else None

    yield start
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
        assert eventually(lambda: not os.path.exists(f"/proc/{pid}") or is_dead(pid))


def is_dead(pid):
    """Whether a process that nobody waits for has ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_it_serves_when_its_starter_is_back(background, runner, tmp_path):
    port, log = free_port(), tmp_path / "log"
    result, pid = background(f"listener {port} 127.0.0.1", f"log_dest file {log}")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    runner.publish("mosquitto", port, "-t", "a", "-m", "x", "-q", 1)
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        session = file.read().rsplit(")", 1)[1].split()[3]
    assert int(session) == pid != os.getsid(0)
    for number in range(3):
        assert os.readlink(f"/proc/{pid}/fd/{number}") == "/dev/null"
    assert " running" in log.read_text()


def test_a_taken_port_is_told_to_the_starter(background, start_daemon):
    port = start_daemon("listener 0 127.0.0.1\n").mqtt_port
    result, _ = background(f"listener {port} 127.0.0.1")
    assert result.returncode == 1 and "in use" in result.stderr and str(port) in result.stderr


def test_a_false_configuration_is_status_3_in_the_background_too(background):
    assert background("foo 1")[0].returncode == 3


def test_without_it_the_starter_is_the_daemon(martlet, tmp_path):
    daemon = Daemon([martlet, "run", "-p", "0"], tmp_path / "log")
    daemon.wait_until_running()
    assert daemon.is_alive and daemon.end() == 0


@pytest.mark.parametrize("option", ["-q", "--quiet"])
def test_quiet_logs_nothing(martlet, tmp_path, option):
    pid, path = tmp_path / "pid", tmp_path / "martlet.conf"
    path.write_text(f"listener 0 127.0.0.1\npid_file {pid}\nlog_type all\nlog_dest stderr\n")
    daemon = Daemon([martlet, "run", "-c", str(path), option], tmp_path / "log")
    assert eventually(lambda: pid.exists() and pid.read_text())
    assert daemon.end() == 0 and daemon.log == ""


def test_ports_of_the_command_line_are_for_this_machine_alone(martlet, tmp_path):
    daemon = Daemon([martlet, "run", "-p", "0", "-p", "0", "-p", "0"], tmp_path / "log")
    daemon.wait_until_running()
    assert len(set(daemon.mqtt_ports)) == 3
    with open(f"/proc/{daemon.process.pid}/net/tcp", encoding="utf-8") as file:
        table = file.read()
    for port in daemon.mqtt_ports:
        assert re.findall(rf"\d+: (\w+):{port:04X} 0{{8}}:0000 0A", table) == ["0100007F"]
    assert daemon.end() == 0


def test_ports_of_the_command_line_do_not_count_beside_a_listener(martlet, tmp_path):
    path = tmp_path / "martlet.conf"
    path.write_text("listener 0 127.0.0.1\n")
    port = free_port()
    daemon = Daemon([martlet, "run", "-c", str(path), "-p", str(port)], tmp_path / "log")
    daemon.wait_until_running()
    assert len(daemon.mqtt_ports) == 1 and port not in daemon.mqtt_ports
    assert daemon.end() == 0


def test_an_eleventh_port_is_status_3(martlet):
    result = run(martlet, *(11 * ["-p", 0]))
    assert result.returncode == 3 and "Only 10 ports" in result.stderr


def test_version_and_help_are_status_0(martlet):
    for option in ("-h", "--help"):
        result = run(martlet, option)
        assert result.returncode == 0 and "--config-file" in result.stdout
    result = run(martlet, "--version")
    assert result.returncode == 0 and re.match(r"martlet run version \d", result.stdout)
