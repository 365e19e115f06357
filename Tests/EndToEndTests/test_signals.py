"""`martlet signal`, and what SIGUSR2 prints."""

import os
import signal
import subprocess
import time
from contextlib import contextmanager

import pytest

from daemon import eventually

PLAIN = "listener 0 127.0.0.1\nallow_anonymous true\nsys_interval 0\n"


def send(martlet, *words):
    return subprocess.run(
        [martlet, "signal", *map(str, words)], capture_output=True, timeout=30, check=False,
        text=True)


@pytest.mark.parametrize("name, told", [
    ("config-reload", "Reloading config"), ("log-rotate", None), ("shutdown", "terminating"),
    ("tree-print", "a (r, 1 bytes)"), ("xtreport", "a (r, 1 bytes)")])
def test_a_process_does_what_the_name_says(martlet, start_daemon, runner, tmp_path, name, told):
    log = tmp_path / "log"
    daemon = start_daemon(PLAIN + f"log_dest stderr\nlog_dest file {log}\n")
    runner.publish("mosquitto", daemon.mqtt_port, "-t", "a", "-m", "x", "-r", "-q", 1)
    log.rename(tmp_path / "old")
    result = send(martlet, "-p", daemon.process.pid, name)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    if told is None:
        assert eventually(log.exists)
    else:
        assert eventually(lambda: told in daemon.log), daemon.log
        assert log.exists() == (name == "config-reload")
    if name == "shutdown":
        assert daemon.process.wait(20) == 0


def test_all_brokers_and_nobody_else(martlet, tmp_path):
    """In a process namespace: there are other brokers on the machine."""
    (tmp_path / "martlet.conf").write_text(PLAIN + "log_dest stdout\n")
    (tmp_path / "mosquitto").symlink_to(martlet)
    script = """
    mount -t proc proc /proc
    martlet=$1
    cd "$2"
    "$martlet" run -c martlet.conf >first 2>&1 & first=$!
    ./mosquitto -c martlet.conf >second 2>&1 & second=$!
    sleep 60 & other=$!
    until grep -q running first && grep -q running second; do :; done
    "$martlet" signal -a shutdown || exit 9
    wait $first || exit 8
    wait $second || exit 7
    kill -0 $other || exit 6
    "$martlet" signal -a shutdown
    test $? = 1 || exit 5
    kill $other
    """
    unshare = ["unshare", "--kill-child", "-mpf" if os.getuid() == 0 else "-rmpf"]
    if subprocess.run([*unshare, "mount", "-t", "proc", "proc", "/proc"], check=False, capture_output=True).returncode:
        pytest.skip("no process namespace on this machine")
    result = subprocess.run(
        [*unshare, "sh", "-c", script, "sh", martlet, str(tmp_path)], capture_output=True,
        timeout=60, check=False, text=True)
    assert result.returncode == 0, result
    assert "No broker is running" in result.stderr


@pytest.mark.parametrize("words", [
    ["shutdown"], ["-a", "-p", 1, "shutdown"], ["-a"], ["-a", "explode"], ["-p", "x", "shutdown"],
    ["-p", 0, "shutdown"], ["-p", -1, "shutdown"]])
def test_a_false_command_line_is_status_1(martlet, words):
    result = send(martlet, *words)
    assert result.returncode == 1 and result.stderr.startswith("Error: ")


def test_a_process_that_is_not_there_is_status_1(martlet):
    result = send(martlet, "-p", 2**31 - 1, "config-reload")
    assert result.returncode == 1 and "No such process" in result.stderr


TREE = """\
a
  b (s, 1) (r, 5 bytes)
    + (s, 1)
    # (s, 1)
x ($share/g: (s, 1))
"""


def test_the_tree_has_levels_subscribers_and_retained_messages(start_daemon, runner):
    daemon = start_daemon(PLAIN)
    runner.run("mosquitto", "sub", "-p", daemon.mqtt_port, "-i", "s", "-c", "-q", 1, "-E",
               "-t", "a/b", "-t", "a/b/#", "-t", "a/b/+", "-t", "$share/g/x")
    runner.publish("mosquitto", daemon.mqtt_port, "-t", "a/b", "-m", "hello", "-r", "-q", 1)
    daemon.process.send_signal(signal.SIGUSR2)
    assert eventually(lambda: TREE in daemon.log), daemon.log


@contextmanager
def ended(process):
    with process:
        try:
            yield process
        finally:
            process.kill()


def test_a_tree_that_nobody_reads_does_not_stop_the_daemon(martlet, runner, tmp_path):
    path, log = tmp_path / "martlet.conf", tmp_path / "log"
    path.write_text(PLAIN + f"log_dest file {log}\n")
    with ended(subprocess.Popen([martlet, "run", "-c", path], stdout=subprocess.PIPE)) as process:
        assert eventually(lambda: log.exists() and " running" in log.read_text())
        port = int(log.read_text().split("socket on port ")[1].split(".")[0])
        for each in range(3):
            topics = [word for k in range(300) for word in ("-t", f"{each}/{k}/{60 * 'x'}")]
            runner.run("mosquitto", "sub", "-p", port, "-i", f"c{each}", "-c", "-q", 1, "-E",
                       *topics)
        process.send_signal(signal.SIGUSR2)
        began = time.monotonic()
        assert eventually(lambda: "nobody reads it" in log.read_text())
        runner.publish("mosquitto", port, "-t", "a", "-m", "x", "-q", 1)
        assert time.monotonic() - began < 10
        process.terminate()
        assert process.wait(20) == 0
