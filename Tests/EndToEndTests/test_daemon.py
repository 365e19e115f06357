"""Statuses, signals and configuration errors of `martlet run`."""

import signal
import socket
import subprocess

import pytest

from daemon import Daemon, eventually

PLAIN = "listener 0 127.0.0.1\nallow_anonymous true\n"


def run(martlet, *arguments):
    return subprocess.run(
        [martlet, "run", *map(str, arguments)], capture_output=True, timeout=30, check=False,
        text=True)


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(start_daemon, with_signal):
    daemon = start_daemon(PLAIN)
    assert daemon.end(with_signal) == 0


def test_a_daemon_at_rest_has_given_back_what_starting_took(start_daemon):
    daemon = start_daemon(PLAIN)

    def rows():
        with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as file:
            return {name: int(words.split()[0]) for name, words in
                    (line.split(":") for line in file if line.startswith("Vm"))}

    assert eventually(lambda: rows()["VmRSS"] < 0.7 * rows()["VmHWM"])


def test_a_signal_ends_it_with_clients(broker, python_client, udp_node):
    python_client("a", subscribe=[("#", 1)])
    udp_node().connect("n1")
    assert broker.end() == 0


def test_a_taken_port_is_status_1(martlet, start_daemon, tmp_path):
    daemon = start_daemon(PLAIN)
    path = tmp_path / "second.conf"
    path.write_text(f"listener {daemon.mqtt_port} 127.0.0.1\n")
    result = run(martlet, "-c", path)
    assert result.returncode == 1
    assert str(daemon.mqtt_port) in result.stderr


def test_a_taken_udp_port_is_status_1(martlet, tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        path = tmp_path / "second.conf"
        path.write_text(f"listener {holder.getsockname()[1]} 127.0.0.1\nprotocol mqttsn\n")
        assert run(martlet, "-c", path).returncode == 1


@pytest.mark.parametrize(
    "text, words",
    [
        ("foo 1\n", ['"foo"', ":1."]),
        ("# one\n\nlistener abc\n", ["listener", "abc", ":3."]),
        ("allow_anonymous maybe\n", ["allow_anonymous", "maybe", ":1."]),
        ("serial /dev/null\nserial_baud fast\n", ["serial_baud", "fast", ":2."]),
        ("http_dir /x\n", ["http_dir", "/x", ":1.", "is refused"]),
        ("listener 1883\nprotocol smoke\n", ["protocol", "smoke", ":2."]),
        ("log_type everything\n", ["log_type", "everything", ":1."]),
        ("listener\n", ["listener", ":1."]),
    ],
)
def test_a_configuration_error_is_status_3(martlet, tmp_path, text, words):
    path = tmp_path / "bad.conf"
    path.write_text(text)
    result = run(martlet, "-c", path)
    assert result.returncode == 3
    for word in ["Error: ", f"Error found at {path}", *words]:
        assert word in result.stderr


def test_a_missing_configuration_file_is_status_3(martlet, tmp_path):
    result = run(martlet, "-c", tmp_path / "absent.conf")
    assert result.returncode == 3 and "absent.conf" in result.stderr


@pytest.mark.parametrize(
    "arguments", [["--foo"], ["-c"], ["-p"], ["-p", "x"], ["-p", "70000"], ["stray"]])
def test_a_false_option_is_status_3(martlet, arguments):
    result = run(martlet, *arguments)
    assert result.returncode == 3
    assert result.stderr.startswith("Error: ") and arguments[-1] in result.stderr


def test_help_and_version(martlet):
    for word in ("--help", "-h"):
        told = run(martlet, word)
        assert told.returncode == 0 and "--config-file" in told.stdout
    version = subprocess.run([martlet, "--version"], capture_output=True, check=True, text=True)
    assert version.stdout.startswith("martlet version ")


def test_completion_is_bash(martlet, tmp_path):
    script = subprocess.run([martlet, "completion"], capture_output=True, check=True).stdout
    path = tmp_path / "completion"
    path.write_bytes(script)
    words = "COMP_WORDS=(martlet pub --to); COMP_CWORD=2; _martlet; echo ${COMPREPLY[@]}"
    result = subprocess.run(
        ["bash", "-c", f"source {path} && {words}"], capture_output=True, check=True, text=True)
    assert result.stdout == "--topic\n"


def test_without_a_file_anonymous_clients_come_from_this_machine(martlet, runner, tmp_path):
    daemon = Daemon([martlet, "run", "-p", "0", "-v"], tmp_path / "log")
    try:
        daemon.wait_until_running()
        assert daemon.sn_port
        runner.publish("mosquitto", daemon.mqtt_port, "-t", "a", "-m", "x", "-q", 1)
    finally:
        assert daemon.end() == 0


def test_with_a_file_anonymous_clients_stay_out(start_daemon, runner):
    daemon = start_daemon("listener 0 127.0.0.1\n")
    result = runner.run("mosquitto", "pub", "-p", daemon.mqtt_port, "-t", "a", "-m", "x")
    assert result.returncode == 5


# effect: listener
def test_many_listeners(start_daemon, runner):
    daemon = start_daemon("listener 0 127.0.0.1\n" * 3 + "allow_anonymous true\n")
    assert len(set(daemon.mqtt_ports)) == 3
    first, _, last = daemon.mqtt_ports
    runner.publish("mosquitto", first, "-t", "a", "-m", "x", "-r", "-q", 1)
    result = runner.run("mosquitto", "sub", "-p", last, "-t", "a", "-C", 1, "-W", 20)
    assert result.stdout == b"x\n"


def test_the_log_goes_to_a_file(martlet, tmp_path):
    output, log, path = (tmp_path / name for name in ("output", "daemon.log", "file.conf"))
    path.write_text(PLAIN + f"log_dest file {log}\n")
    daemon = Daemon([martlet, "run", "-c", str(path)], output, log)
    daemon.wait_until_running()
    assert daemon.end() == 0
    assert output.read_text() == ""
