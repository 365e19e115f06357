"""`sub --message-rate`, `sub --watch`, and `rr --latency`."""

import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
from fcntl import ioctl

import pytest

from daemon import PATIENCE
from programs import LineProcess


def test_every_second_the_messages_are_counted(broker, runner):
    here = ["-p", broker.mqtt_port]
    reader = LineProcess(runner.command(
        "martlet", "sub", *here, "-t", "many", "-T", "none", "--message-rate"))
    assert reader.next_line() == "0"
    runner.publish("martlet", broker.mqtt_port, "-t", "many", "-m", "x", "--repeat", 300, "-q", 1)
    counts = []
    while sum(counts) < 300:
        counts.append(int(reader.next_line()))
    assert sum(counts) == 300 and len([count for count in counts if count]) <= 2
    assert reader.next_line() == "0"
    reader.stop()


@pytest.mark.parametrize("option", [["-v"], ["-F", "%p"], ["-N"], ["--pretty"], ["-w"]])
def test_a_count_has_no_other_form(runner, option):
    result = runner.run("martlet", "sub", "-t", "a", "--message-rate", *option)
    assert result.returncode == 1
    assert result.stderr.decode().startswith(f"Error: --message-rate and {option[0]} exclude")


class Screen:
    """A terminal of that size on which a client shows messages, and what it has written."""

    def __init__(self, command, rows):
        self._end, other = pty.openpty()
        ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 20, 0, 0))
        self.process = subprocess.Popen(command, stdout=other, stdin=subprocess.DEVNULL)
        os.close(other)
        self.written = ""

    def read_until(self, pattern):
        while not re.search(pattern, self.written):
            if not select.select([self._end], [], [], PATIENCE)[0]:
                self.process.kill()
                raise AssertionError(f"no {pattern!r} in {self.written!r}")
            self.written += os.read(self._end, 4096).decode()

    def finish(self):
        self.process.send_signal(signal.SIGINT)
        self.read_until(r"\x1b\[\?7h\x1b\[\d+;1H")
        assert self.process.wait(PATIENCE) == 0
        os.close(self._end)


def test_each_topic_has_its_line_of_the_screen(broker, runner):
    screen = Screen(runner.command(
        "martlet", "sub", "-p", broker.mqtt_port, "-t", "w/#", "-t", "end", "-w", "-v", "-q", 1,
        "-i", "watcher"), rows=3)
    broker.wait_for_log("as watcher")
    # Nothing tells when it is subscribed but what comes.
    runner.publish("martlet", broker.mqtt_port, "-t", "w/a", "-m", "kept", "-r", "-q", 1)
    screen.read_until("w/a kept")
    for topic, text in (("b", "1"), ("c", "1\r\n2"), ("a", "new"), ("d", "late"), ("b", "x" * 50)):
        runner.publish("martlet", broker.mqtt_port, "-t", f"w/{topic}", "-m", text, "-q", 1)
        screen.read_until(f"w/{topic} {text.splitlines()[0]}")
    screen.finish()
    lines = re.findall(r"\x1b\[(\d+);1H\x1b\[2K([^\x1b]*)", screen.written)
    assert lines == [("1", "w/a kept"), ("2", "w/b 1"), ("3", "w/c 1  2"), ("1", "w/a new"),
                     ("3", "w/d late"), ("2", f"w/b {'x' * 50}")]
    # What is longer than a line is cut by the terminal: nothing wraps meanwhile.
    assert screen.written.startswith("\x1b[?7l\x1b[2J") and "\x1b[?7h" in screen.written


def test_watching_takes_formats(broker, runner):
    runner.publish("martlet", broker.mqtt_port, "-t", "a", "-m", "x", "-r", "-q", 1)
    result = runner.run("martlet", "sub", "-p", broker.mqtt_port, "-t", "a", "-w", "-C", 1,
                        "-F", r"\e[1m%t=%p")
    assert result.stdout == (
        b"\x1b[?7l\x1b[2J\x1b[1;1H\x1b[2K\x1b[1ma=x\x1b[?7h\x1b[2;1H\n")


def test_the_time_that_a_response_took(broker, runner):
    ask = ["-p", broker.mqtt_port, "-t", "a", "-e", "a", "-m", "x"]
    assert runner.run("martlet", "rr", *ask).stdout == b"x\n"
    for version in (311, 5):
        shown = runner.run("martlet", "rr", *ask, "--latency", "-V", version).stdout.decode()
        assert re.fullmatch(r"x\nLatency: \d+\.\d{3} ms\n", shown)
        assert 0 < float(shown.split()[2]) < 20_000


def test_the_time_of_what_does_not_come_is_not_shown(broker, runner):
    result = runner.run("martlet", "rr", "-p", broker.mqtt_port, "-t", "a", "-e", "b", "-m", "x",
                        "--latency", "-W", 1)
    assert (result.returncode, result.stdout) == (27, b"")
