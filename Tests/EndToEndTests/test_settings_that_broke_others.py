"""Settings, signals and brokers that broke others, from their change logs and security pages."""

import re
import resource
import signal
import socket
import threading
from pathlib import Path

import pytest

from attackers import Attacker
from daemon import PATIENCE, Daemon
from packets import V5, V31, V311, connect, every_version, packet, publish, text

REFUSED = {V31: 5, V311: 5, V5: 0x87}


def listening_addresses(process):
    """The addresses on which a process listens, as the kernel writes them."""
    mine = set()
    for link in Path(f"/proc/{process.pid}/fd").iterdir():
        mine.update(re.findall(r"socket:\[(\d+)\]", str(link.readlink())))
    found = set()
    for name in ("tcp", "tcp6"):
        for row in Path(f"/proc/{process.pid}/net/{name}").read_text().splitlines()[1:]:
            columns = row.split()
            if columns[3] == "0A" and columns[9] in mine:
                found.add(columns[1].split(":")[0])
    return found


LOOPBACK = {"0100007F", "00000000000000000000000001000000"}


def expect_refusal(port, version):
    with Attacker(port) as stranger:
        stranger.send(connect(version, "stranger"))
        assert stranger.next_packet()[1][1] == REFUSED[version]
        assert stranger.next_packet() is None


# 2.0.12
@pytest.mark.parametrize("rows", [
    "", "allow_anonymous true\n", "max_keepalive 10\n", "max_packet_size 1000\n",
    "set_tcp_nodelay true\n", "persistent_client_expiration 1d\n"])
def test_a_setting_alone_opens_nothing_to_the_world(start_daemon, rows):
    daemon = start_daemon(rows, arguments=["-p", "0"])
    addresses = listening_addresses(daemon.process)
    assert addresses and addresses <= LOOPBACK


# 2.0.21
@every_version
def test_strangers_stay_out_of_a_broker_without_listeners(start_daemon, version):
    daemon = start_daemon("allow_anonymous false\n", arguments=["-p", "0"])
    expect_refusal(daemon.mqtt_port, version)


# CVE-2017-7652
def test_a_reload_without_descriptors_lets_nobody_in(start_daemon):
    daemon = start_daemon("listener 0 127.0.0.1\nallow_anonymous false\nlog_type all\n")
    _, hard = resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (16, hard))
    guests = [socket.create_connection(("127.0.0.1", daemon.mqtt_port), PATIENCE)
              for _ in range(20)]
    daemon.wait_for_log(r"Too many open files")
    for _ in range(5):
        daemon.process.send_signal(signal.SIGHUP)
    # By now it has seen the signals: they come before what comes later.
    guests[0].sendall(connect(V311, "stranger"))
    assert guests[0].recv(4) == bytes([0x20, 2, 0, 5])
    for guest in guests:
        guest.close()
    resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (hard, hard))
    expect_refusal(daemon.mqtt_port, V311)


class FalseBroker:
    """Answers whatever comes with what it was given, one packet for each packet."""

    def __init__(self, *answers):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._answers = answers
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        guest, _ = self._listener.accept()
        with guest:
            for answer in self._answers:
                if not guest.recv(65536):
                    return
                guest.sendall(answer)
            while (data := guest.recv(65536)) and data[0] != 0xE0:
                pass

    def close(self):
        self._listener.close()


def connack(version):
    return packet(0x20, b"\x00\x00" + (b"\x00" if version == V5 else b""))


ANSWERS = {
    "a SUBACK without codes": lambda v: packet(0x90, b"\x00\x01", b"\x00" if v == V5 else b""),
    "a SUBACK of nothing": lambda v: packet(0x90),
    "a SUBACK for another": lambda v: packet(0x90, b"\x00\x09", b"\x00\x00" if v == V5 else b"\x00"),
    "an empty topic": lambda v: publish(v, "", b"x"),
    "a topic that ends late": lambda v: packet(0x30, b"\x00\x09ab"),
    "a topic with a null": lambda v: publish(v, "\0", b"x"),
    "a topic with wildcards": lambda v: publish(v, "a/#", b"x"),
    "a CONNECT": lambda v: connect(v, "me"),
    "a huge length": lambda v: b"\x30\xff\xff\xff\x7f" + text("a"),
    "noise": lambda v: bytes(range(0xF1, 0x100)),
}


# CVE-2017-7655, CVE-2024-10525
@pytest.mark.parametrize("make", ANSWERS.values(), ids=ANSWERS.keys())
@pytest.mark.parametrize("version", [V311, V5], ids=["311", "5"])
def test_a_false_broker_does_not_crash_a_subscriber(runner, version, make):
    false = FalseBroker(connack(version), make(version))
    result = runner.run("martlet", "sub", "-p", false.port, "-V", "311" if version == V311 else "5",
                        "-t", "a", "-W", 1)
    false.close()
    assert result.returncode > 0 and result.stderr.startswith(b"Error"), result
