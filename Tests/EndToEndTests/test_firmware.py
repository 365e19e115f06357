"""The sensor node's images on emulated boards, with the gateway played by hand."""

import json
import os
import random
import select
import socket
import subprocess
import time
from pathlib import Path

import pytest
from lines import frame, unframe

FIRMWARE = Path(__file__).parents[2] / "firmware-sim"
BOARDS = {"microbit": "m0-1", "mps2-an386": "m4-1"}

CONNECT, CONNACK, REGISTER, REGACK = 0x04, 0x05, 0x0A, 0x0B
PUBLISH, PUBACK, PINGREQ, PINGRESP, DISCONNECT = 0x0C, 0x0D, 0x16, 0x17, 0x18
INVALID_TOPIC_ID = 2
RAM, STACK_RESERVE = 0x2000_0000, 1024
TOPIC_ID = 0x7E11  # Both octets have to be escaped on the line.


def message(kind, body=b""):
    return bytes([2 + len(body), kind]) + body


class Line:
    """The gateway's end of the serial line: whole messages in and out, by deadlines."""

    def __init__(self, connection, process):
        self.connection, self.process = connection, process
        self.connection.setblocking(False)
        self.octets = b""

    def send(self, kind, body=b""):
        self.send_raw(frame(message(kind, body)))

    def send_raw(self, octets):
        deadline = time.monotonic() + 5
        while octets:
            assert self.process.poll() is None, "QEMU ended early"
            left = deadline - time.monotonic()
            assert left > 0, "the board does not take what it is sent"
            if select.select([], [self.connection], [], left)[1]:
                octets = octets[self.connection.send(octets):]

    def next_message(self, within=6.0):
        """(type, body) of the next message, or None when none comes in time."""
        deadline = time.monotonic() + within
        while True:
            body = self.next_frame()
            if body is not None:
                assert body[0] == len(body), body.hex(" ")
                return body[1], body[2:]
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            if select.select([self.connection], [], [], left)[0]:
                received = self.connection.recv(4096)
                assert received, "QEMU ended early"
                self.octets += received

    def next_frame(self):
        while b"\x7e" in self.octets:
            text, self.octets = self.octets.split(b"\x7e", 1)
            if text:
                assert not set(text) & {0x11, 0x13}, f"octets that must be escaped: {text.hex(' ')}"
                body = unframe(text)
                assert body is not None, f"a damaged frame: {text.hex(' ')}"
                return body
        return None

    def expect(self, kind, within=6.0):
        """The body of the next message, which is of that type."""
        found = self.next_message(within)
        assert found is not None, f"no message of type {kind:02X} in {within} s"
        assert found[0] == kind, f"type {found[0]:02X} instead of {kind:02X}: {found[1].hex(' ')}"
        return found[1]

    # What a gateway does.

    def accept_connect(self, client_id):
        body = self.expect(CONNECT)
        flags, protocol, keep_alive = body[0], body[1], int.from_bytes(body[2:4], "big")
        assert (flags, protocol, body[4:]) == (0x04, 1, client_id.encode())
        assert 1 <= keep_alive <= 60
        self.send(CONNACK, b"\0")

    def accept_register(self, client_id, topic_id=TOPIC_ID):
        body = self.expect(REGISTER)
        assert body[:2] == b"\0\0"
        assert body[4:] == f"sensors/{client_id}/temperature".encode()
        self.send(REGACK, topic_id.to_bytes(2, "big") + body[2:4] + b"\0")

    def expect_publish(self, is_duplicate=False, topic_id=TOPIC_ID):
        """(MsgId, temperature) of the next PUBLISH, at QoS 1 on an assigned topic id."""
        body = self.expect(PUBLISH)
        assert body[0] == 0x20 | (0x80 if is_duplicate else 0)
        assert int.from_bytes(body[1:3], "big") == topic_id
        text = body[5:].decode()
        assert len(text) == 4 and text[2] == ".", text
        return int.from_bytes(body[3:5], "big"), float(text)

    def acknowledge(self, message_id, code=0, topic_id=TOPIC_ID):
        self.send(PUBACK, topic_id.to_bytes(2, "big") + message_id.to_bytes(2, "big")
                  + bytes([code]))

    def accept_publish(self):
        message_id, temperature = self.expect_publish()
        self.acknowledge(message_id)
        return message_id, temperature

    def show_out(self):
        """Sends DISCONNECT and accepts the CONNECT after it. A reading may have been on its way."""
        self.send(DISCONNECT)
        while (found := self.next_message()) is not None and found[0] == PUBLISH:
            pass
        assert found is not None and found[0] == CONNECT, found
        self.send(CONNACK, b"\0")

    def serve(self, client_id):
        self.accept_connect(client_id)
        self.accept_register(client_id)


@pytest.fixture(scope="session")
def images():
    if not all((FIRMWARE / f".build/images/node-{board}.elf").exists() for board in BOARDS):
        subprocess.run([FIRMWARE / "build"], check=True, timeout=480)


@pytest.fixture(params=BOARDS)
def node(request, images, tmp_path):
    """A board that is about to start: its line and its client id."""
    path = tmp_path / "line"
    control = f"unix:{tmp_path / 'control'},server=on,wait=off"
    process = subprocess.Popen(
        [FIRMWARE / "run-qemu", request.param, f"unix:{path}", "-qmp", control],
        stderr=subprocess.PIPE, text=True)
    try:
        with connected(path, process) as connection:
            yield Line(connection, process), BOARDS[request.param]
    finally:
        process.terminate()
        said = process.communicate(timeout=10)[1]
    assert process.returncode == 0, said


def connected(path, process):
    """A connection to QEMU's socket as soon as it listens."""
    deadline = time.monotonic() + 10
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(os.fspath(path))
            return connection
        except OSError:
            connection.close()
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < deadline, "QEMU does not listen"
            select.select([], [], [], 0.01)


def memory(tmp_path, address, size):
    """What the board's memory holds, asked of QEMU's control socket."""
    dump = tmp_path / "memory"
    with socket.socket(socket.AF_UNIX) as control:
        control.settimeout(5)
        control.connect(os.fspath(tmp_path / "control"))
        lines = control.makefile("rw")
        lines.readline()
        for command in (
            {"execute": "qmp_capabilities"},
            {"execute": "memsave",
             "arguments": {"val": address, "size": size, "filename": os.fspath(dump)}},
        ):
            lines.write(json.dumps(command) + "\n")
            lines.flush()
            assert "return" in json.loads(lines.readline())
    return dump.read_bytes()


def test_connects_registers_and_publishes_plausible_temperatures(node):
    line, client_id = node
    line.serve(client_id)
    began = time.monotonic()
    readings = [line.accept_publish() for _ in range(4)]
    took = time.monotonic() - began
    ids = [message_id for message_id, _ in readings]
    temperatures = [temperature for _, temperature in readings]
    assert len(set(ids)) == 4 and 0 not in ids
    assert len(set(temperatures)) > 1
    assert all(15 <= temperature <= 30 for temperature in temperatures), temperatures
    # Three pauses of a second; a loaded machine may stretch them.
    assert 2 < took < 10


def test_repeats_an_unacknowledged_publish_with_dup(node):
    line, client_id = node
    line.serve(client_id)
    first = line.accept_publish()
    withheld = line.expect_publish()
    assert withheld[0] != first[0]
    assert line.expect_publish(is_duplicate=True) == withheld
    line.acknowledge(withheld[0])
    assert line.accept_publish()[0] not in (first[0], withheld[0])


def test_survives_noise_between_frames_and_damaged_frames(node):
    line, client_id = node
    noise = random.Random(2)
    good = frame(message(CONNACK, b"\0"))
    line.expect(CONNECT)
    # An acceptance with a flipped bit is none; so is one that is cut, or longer than any buffer.
    line.send_raw(b"\x7e\x03\x05\x01" + good[4:] + good[:4] + b"\x7e")
    line.send_raw(frame(bytes(noise.randrange(256) for _ in range(300))))
    line.send_raw(bytes(noise.randrange(256) for _ in range(500)))
    line.accept_connect(client_id)
    line.send_raw(bytes(noise.randrange(0x7E) for _ in range(40)))
    line.accept_register(client_id)
    for _ in range(2):
        message_id, _ = line.expect_publish()
        line.send_raw(bytes(noise.randrange(256) for _ in range(100)))
        # What no client of ours understands, and what answers nothing that was asked.
        line.send_raw(frame(b"\x02\xfe") + frame(b"\x09\x0d\x00"))
        line.acknowledge((message_id + 1) & 0xFFFF)
        line.acknowledge(message_id)


def test_takes_a_burst_that_is_longer_than_its_ring(node):
    line, client_id = node
    line.serve(client_id)
    message_id, _ = line.expect_publish()
    # No octet may get lost, or the acknowledgement at the end does.
    line.send_raw(frame(message(PINGREQ)) * 100 + frame(
        message(PUBACK, TOPIC_ID.to_bytes(2, "big") + message_id.to_bytes(2, "big") + b"\0")))
    answers = 0
    while (found := line.next_message())[0] == PINGRESP:
        answers += 1
    assert answers == 100
    assert found[0] == PUBLISH and found[1][0] == 0x20, "repeated: the acknowledgement was lost"


def test_connects_again_when_the_gateway_says_disconnect(node):
    line, client_id = node
    line.serve(client_id)
    line.accept_publish()
    line.show_out()
    line.accept_register(client_id, topic_id=7)
    message_id, _ = line.expect_publish(topic_id=7)
    line.acknowledge(message_id, topic_id=7)


def test_registers_again_when_its_topic_id_is_invalid(node):
    line, client_id = node
    line.serve(client_id)
    message_id, _ = line.expect_publish()
    line.acknowledge(message_id, code=INVALID_TOPIC_ID)
    line.accept_register(client_id, topic_id=9)
    line.expect_publish(topic_id=9)


def test_connects_again_when_the_gateway_is_lost(node):
    line, client_id = node
    line.serve(client_id)
    withheld = line.expect_publish()
    for _ in range(3):
        assert line.expect_publish(is_duplicate=True) == withheld
    line.accept_connect(client_id)
    line.accept_register(client_id)
    line.accept_publish()


def test_leaves_a_quarter_of_its_stack_untouched(node, tmp_path):
    line, client_id = node
    line.serve(client_id)
    message_id, _ = line.expect_publish()
    line.send(PINGREQ)
    line.expect(PINGRESP)
    line.send(REGISTER, bytes(4) + b"sensors/elsewhere/temperature")
    line.expect(REGACK)
    line.acknowledge(message_id)
    line.show_out()
    line.accept_register(client_id)
    line.accept_publish()
    stack = memory(tmp_path, RAM, STACK_RESERVE)
    assert any(stack), "nothing was ever there: this is not the stack"
    assert not any(stack[:STACK_RESERVE // 4])


def test_the_m0_stays_within_its_marks(images):
    command = [FIRMWARE / "size-table", FIRMWARE / ".build/images/node-microbit.elf"]
    heading, row = subprocess.run(command, check=True, capture_output=True,
                                  text=True).stdout.splitlines()
    sizes = dict(zip(heading.split()[1:], map(int, row.split()[1:])))
    assert sizes["stack"] == STACK_RESERVE
    assert 3000 < sizes["text"] + sizes["rodata"] <= 6 * 1024
    assert 64 < sizes["ram"] <= 2 * 1024
