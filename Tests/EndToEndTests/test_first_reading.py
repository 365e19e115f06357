"""The whole way: an emulated microcontroller, a serial line, the daemon, mosquitto_sub."""

import re
import subprocess
from pathlib import Path

import pytest

from daemon import eventually

RUN_QEMU = Path(__file__).parents[2] / "firmware-sim" / "run-qemu"
CONFIGURATION = """\
listener 0 127.0.0.1
allow_anonymous true
log_type all
serial {path}
"""


@pytest.fixture
def serial_path(tmp_path):
    """A serial line whose other end connects to the board as soon as that is there."""
    path, board = tmp_path / "line", tmp_path / "board"
    command = ["socat", f"pty,link={path},raw,echo=0",
               f"unix-connect:{board},retry=600,interval=0.05"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        assert eventually(path.exists)
        yield path
        process.terminate()


@pytest.fixture
def broker(start_daemon, serial_path):
    daemon = start_daemon(CONFIGURATION.format(path=serial_path))
    daemon.wait_for_log("Opening serial line")
    return daemon


@pytest.fixture
def start_board(serial_path):
    """Starts the Cortex-M0."""
    boards = []

    def start():
        boards.append(subprocess.Popen([RUN_QEMU, "microbit", f"unix:{serial_path.parent}/board"]))

    yield start
    for board in boards:
        board.terminate()
        assert board.wait() == 0


def test_a_reading_of_the_board_reaches_mosquitto_sub(subscriber, start_board):
    reader = subscriber("mosquitto", "-t", "sensors/#", "-q", 1)
    start_board()
    for _ in range(3):
        assert re.fullmatch(r"sensors/m0-1/temperature -?\d+\.\d", reader.next_line())
