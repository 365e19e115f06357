"""`martlet serial`: what a port's owner sees before there is a configuration."""

import threading
import time

import pytest

from lines import api_frame, frame
from nodes import CONNECT, PINGREQ, message

MESSAGES = [message(CONNECT, b"\x04\x01", 60, b"m0-1"), message(PINGREQ)]
DIGI = bytes.fromhex("0013a200400a0127fffe")
WIRES = {
    "hdlc": frame,
    "raw": lambda body: body,
    "xbee 1": lambda body: api_frame(b"\x90" + DIGI + b"\x01" + body, 1),
    "xbee 2": lambda body: api_frame(b"\x90" + DIGI + b"\x01" + body, 2),
}


@pytest.fixture
def talk(line):
    """Something speaks on the line's far end until the test is over."""
    is_over = threading.Event()
    threads = []

    def start(*pieces):
        def speak():
            while not is_over.wait(0.02):
                line.write(b"".join(pieces))

        threads.append(threading.Thread(target=speak))
        threads[-1].start()

    yield start
    is_over.set()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("name", WIRES)
def test_a_probe_tells_framing_and_rate(runner, line, talk, name):
    talk(*[WIRES[name](body) for body in MESSAGES])
    result = runner.run("martlet", "serial", "probe", line.path, "--seconds", 2)
    output = result.stdout.decode()
    framing, _, mode = name.partition(" ")
    assert result.returncode == 0, result
    assert output.startswith("115200 baud: ") and f"messages in {framing}" in output
    assert f"serial {line.path}\nserial_baud 115200\nserial_framing {framing}\n" in output
    assert (f"serial_xbee_mode {mode}" in output) == bool(mode)


def test_a_probe_listens_at_the_rate_it_is_told(runner, line, talk):
    talk(frame(MESSAGES[0]))
    result = runner.run("martlet", "serial", "probe", line.path, "--baud", 250000)
    assert result.returncode == 0 and b"serial_baud 250000" in result.stdout


@pytest.mark.parametrize("noise", [b"", b"hello, world\r\n", b"\x7e\x01\x02\x03\x7e"])
def test_a_probe_of_nothing_known_says_so(runner, line, talk, noise):
    if noise:
        talk(noise)
    result = runner.run("martlet", "serial", "probe", line.path, "--baud", 9600, "--seconds", 1)
    words = b"no frames with MQTT-SN" if noise else b"nothing heard"
    assert result.returncode == 1 and words in result.stdout and b"serial_" not in result.stdout


def test_a_probe_goes_through_the_usual_rates(runner, line):
    begin = time.monotonic()
    result = runner.run("martlet", "serial", "probe", line.path, "--seconds", 1)
    rates = [row.split()[0] for row in result.stdout.splitlines()]
    assert rates == [b"115200", b"9600", b"38400", b"57600", b"19200", b"230400"]
    assert result.returncode == 1 and time.monotonic() - begin >= 6


def test_a_probe_of_no_port_says_so(runner, tmp_path):
    result = runner.run("martlet", "serial", "probe", tmp_path / "nothing")
    assert result.returncode == 1 and b"No such file" in result.stderr


def test_the_list_has_a_head_or_says_that_there_is_nothing(runner):
    result = runner.run("martlet", "serial", "list")
    first = result.stdout.decode().splitlines()[0]
    assert result.returncode == 0
    assert first == "No serial ports found." or first.split()[:2] == ["PATH", "USB"]


@pytest.mark.parametrize("words", [[], ["lost"], ["probe"], ["list", "/dev/x"]])
def test_a_wrong_request_is_one_line(runner, words):
    result = runner.run("martlet", "serial", *words)
    assert result.returncode == 1 and result.stderr.count(b"\n") == 1
