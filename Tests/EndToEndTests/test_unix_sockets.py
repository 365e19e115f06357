"""Listeners on Unix sockets."""

import os
import socket
import stat
import subprocess

import pytest

from daemon import PATIENCE, eventually
from packets import V311, connect
from webpeers import request

OPTIONS = "allow_anonymous true\nlog_type all\n"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "broker.sock"


def start(start_daemon, path):
    daemon = start_daemon(f"listener 0 {path}\n{OPTIONS}")
    daemon.wait_for_log(f"Opening unix listen socket on path {path}")
    return daemon


def greet(path):
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(PATIENCE)
        peer.connect(str(path))
        peer.sendall(connect(V311, "c"))
        assert peer.recv(4) == bytes.fromhex("20020000")


def test_a_client_on_a_unix_socket(start_daemon, path):
    daemon = start(start_daemon, path)
    greet(path)
    daemon.wait_for_log("New client connected from unix socket as c")


def test_who_may_connect_is_the_umasks_matter(start_daemon, path):
    before = os.umask(0o007)
    try:
        start(start_daemon, path)
    finally:
        os.umask(before)
    status = path.stat()
    assert stat.S_ISSOCK(status.st_mode) and stat.S_IMODE(status.st_mode) == 0o770


def test_mosquittos_clients(start_daemon, path):
    start(start_daemon, path)
    with subprocess.Popen(
            ["mosquitto_sub", "--unix", str(path), "-t", "a", "-C", "1", "-W", str(PATIENCE)],
            stdout=subprocess.PIPE) as reader:
        def publish():
            subprocess.run(["mosquitto_pub", "--unix", str(path), "-t", "a", "-m", "x", "-r"],
                           check=True, timeout=PATIENCE)
            return True
        assert eventually(publish)
        assert reader.stdout.read() == b"x\n"


def test_the_socket_is_gone_at_the_end(start_daemon, path):
    daemon = start(start_daemon, path)
    assert daemon.end() == 0
    assert not path.exists()


def test_a_stale_socket_is_replaced(start_daemon, path):
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    start(start_daemon, path)
    greet(path)


def refusal(martlet, tmp_path, path):
    file = tmp_path / "refused.conf"
    file.write_text(f"listener 0 {path}\n{OPTIONS}", encoding="utf-8")
    result = subprocess.run([martlet, "run", "-c", str(file)], capture_output=True, check=False,
                            timeout=PATIENCE)
    assert result.returncode == 1
    return result.stderr.decode()


def test_what_is_no_socket_is_left_alone(martlet, tmp_path, path):
    path.write_text("precious", encoding="utf-8")
    assert f"listen on {path}: something else is there" in refusal(martlet, tmp_path, path)
    assert path.read_text(encoding="utf-8") == "precious"


def test_a_socket_in_use_is_left_alone(martlet, start_daemon, tmp_path, path):
    start(start_daemon, path)
    assert "Address already in use" in refusal(martlet, tmp_path, path)
    greet(path)


def test_a_path_that_is_too_long(martlet, tmp_path, path):
    assert "1 to 107 octets" in refusal(martlet, tmp_path, f"{path}{'x' * 100}")


def test_websockets_on_a_unix_socket(start_daemon, path):
    start_daemon(f"listener 0 {path}\nprotocol websockets\n{OPTIONS}")
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(PATIENCE)
        peer.connect(str(path))
        peer.sendall(request())
        assert peer.recv(4096).startswith(b"HTTP/1.1 101 ")
