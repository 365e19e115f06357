"""`password_file`: users that Debian's mosquitto_passwd has written log in, others do not."""

import shutil
import signal
import socket
import subprocess

import pytest

from daemon import PATIENCE

CONFIGURATION = """\
listener 0 127.0.0.1
allow_anonymous false
password_file {path}
log_type all
"""


def write_user(path, name, password, *options):
    subprocess.run(["mosquitto_passwd", *options, "-b", str(path), name, password], check=True,
                   capture_output=True, timeout=PATIENCE)


@pytest.fixture
def users(tmp_path):
    assert shutil.which("mosquitto_passwd"), "mosquitto_passwd is missing: run scripts/bootstrap"
    path = tmp_path / "users"
    write_user(path, "ann", "secret", "-c")
    write_user(path, "bob", "other")
    return path


@pytest.fixture
def broker(start_daemon, users):
    return start_daemon(CONFIGURATION.format(path=users))


@pytest.mark.parametrize("tool", ["martlet", "mosquitto"])
@pytest.mark.parametrize("arguments, status", [
    (("-u", "ann", "-P", "secret"), 0), (("-u", "bob", "-P", "other"), 0),
    (("-u", "ann", "-P", "other"), 4), (("-u", "eve", "-P", "secret"), 4), (("-u", "ann"), 4),
    ((), 5),
])
def test_who_has_the_password_gets_in(runner, broker, tool, arguments, status):
    for _ in range(2):
        result = runner.run(tool, "pub", "-h", "127.0.0.1", "-p", broker.mqtt_port, "-t", "a",
                            "-m", "x", *arguments)
        assert (result.returncode == 0) == (status == 0), result.stderr
    if status:
        broker.wait_for_log("(?i)refused|not author|password")


@pytest.mark.parametrize("login, reason", [
    (("-u", "eve", "-P", "secret"), r"\(user eve\) \[127\.0\.0\.1:\d+\] refused: no such user"),
    (("-u", "ann", "-P", "other"), r"\(user ann\) \[127\.0\.0\.1:\d+\] refused: bad password"),
    ((), r"\[127\.0\.0\.1:\d+\] refused: not authorised"),
])
def test_the_log_tells_why_somebody_stays_out_and_the_client_hears_the_same(
        runner, broker, login, reason):
    result = runner.run("mosquitto", "pub", "-h", "127.0.0.1", "-p", broker.mqtt_port, "-i", "c1",
                        "-t", "a", "-m", "x", *login)
    assert result.returncode == 5
    broker.wait_for_log(rf"Client c1 {reason}\.")


def test_what_is_sent_behind_connect_is_read_when_the_login_is_decided(broker):
    """A client need not wait for CONNACK [MQTT-3.1.4-5]."""
    connect = bytes.fromhex("10 1a 0004 4d515454 04 c2 003c 0001 63 0003 616e6e 0006") + b"secret"
    with socket.create_connection(("127.0.0.1", broker.mqtt_port), PATIENCE) as stream:
        stream.sendall(connect + bytes.fromhex("c000"))
        data = b""
        while len(data) < 6 and (more := stream.recv(10)):
            data += more
    assert data.hex(" ") == "20 02 00 00 d0 00"


def test_nobody_sends_on_for_ever_before_the_login_is_decided(start_daemon, tmp_path):
    path = tmp_path / "slow"
    salt, digest = "c2FsdA==", "AQID" * 21 + "AQ=="
    path.write_text(f"ann:$7$10000000${salt}${digest}\n", encoding="utf-8")
    daemon = start_daemon(CONFIGURATION.format(path=path))
    connect = bytes.fromhex("10 1a 0004 4d515454 04 c2 003c 0001 63 0003 616e6e 0006") + b"secret"
    with socket.create_connection(("127.0.0.1", daemon.mqtt_port), PATIENCE) as stream:
        stream.sendall(connect)
        with pytest.raises(ConnectionError):
            for _ in range(100):
                stream.sendall(b"\xc0\x00" * 50_000)


def test_guessing_does_not_keep_out_who_has_been_in(broker, runner):
    def login(password):
        return runner.run("martlet", "pub", "-h", "127.0.0.1", "-p", broker.mqtt_port, "-u", "ann",
                          "-P", password, "-t", "a", "-m", "x").returncode

    assert login("secret") == 0
    connect = bytes.fromhex("10 19 0004 4d515454 04 c2 003c 0001 63 0003 616e6e 0005") + b"wrong"
    streams = []
    for _ in range(200):
        streams.append(socket.create_connection(("127.0.0.1", broker.mqtt_port), PATIENCE))
        streams[-1].sendall(connect)
    assert login("secret") == 0
    for stream in streams:
        stream.close()


def test_users_change_without_a_restart_and_a_wrong_file_changes_nothing(broker, runner, users):
    def login(name, password):
        return runner.run("martlet", "pub", "-h", "127.0.0.1", "-p", broker.mqtt_port, "-u", name,
                          "-P", password, "-t", "a", "-m", "x").returncode

    good = users.read_text(encoding="utf-8")
    users.write_text(good + "eve:plain\n", encoding="utf-8")
    broker.process.send_signal(signal.SIGHUP)
    broker.wait_for_log("line 3: what stands for eve is no hash")
    assert login("ann", "secret") == 0
    users.write_text(good, encoding="utf-8")
    write_user(users, "ann", "new")
    broker.process.send_signal(signal.SIGHUP)
    broker.wait_for_log("Reloading config", 2)
    assert login("ann", "secret") != 0
    assert login("ann", "new") == 0
