"""`password_file`: users that Debian's mosquitto_passwd has written log in, others do not."""

import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from attackers import Attacker
from daemon import PATIENCE
from packets import CONNACK, V5, V311, connect, text, will

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


# effect: password_file
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


@pytest.mark.parametrize("user, password, reason", [
    ("ann", "other", r"c \(user ann\) \[127.0.0.1:\d+\] refused: bad password\."),
    ("eve", "secret", r"c \(user eve\) \[127.0.0.1:\d+\] refused: no such user\."),
    ("ann", None, r"c \(user ann\) \[127.0.0.1:\d+\] refused: no password was given"),
    (None, None, r"c \[127.0.0.1:\d+\] refused: no user name was given\."),
])
@pytest.mark.parametrize("version", [V311, V5])
def test_the_log_says_who_was_refused_and_why(broker, user, password, reason, version):
    assert refusal(broker, version, user, password) == [REFUSED[version]]
    broker.wait_for_log(f"Client {reason}")


# CONNACK: not authorised.
REFUSED = {V311: (CONNACK, b"\x00\x05"), V5: (CONNACK, b"\x00\x87\x00")}


def refusal(broker, version, user, password):
    """All that is said to somebody with that login."""
    flags = 0x02 | (0x80 if user else 0) | (0x40 if password else 0)
    rest = b"".join(text(word) for word in (user, password) if word)
    with Attacker(broker.mqtt_port) as client:
        client.send(connect(version, "c", flags, rest=rest))
        return client.wait_until_closed()


def processor_seconds(process):
    """What all threads of a process have used: other work of the machine does not count."""
    files = Path(f"/proc/{process.pid}/task").glob("*/schedstat")
    return sum(int(file.read_text(encoding="ascii").split()[0]) for file in files) / 1e9


# Nobody can tell by the time that an answer takes who is a user.
@pytest.mark.parametrize("hash_name", ["sha512-pbkdf2", "argon2id"])
def test_a_stranger_costs_as_much_as_a_user(
        martlet, start_daemon, tmp_path, hash_name):
    path = tmp_path / "one"
    subprocess.run(
        [martlet, "passwd", "-H", hash_name, "-c", "-b", path, "ann", "secret"], check=True,
        timeout=PATIENCE)
    daemon = start_daemon(CONFIGURATION.format(path=path))

    def cost(user):
        before = processor_seconds(daemon.process)
        refusal(daemon, V311, user, "wrong")
        return processor_seconds(daemon.process) - before

    costs = {user: [] for user in ("ann", "eve")}
    for _ in range(9):
        for user, taken in costs.items():
            taken.append(cost(user))
    known, unknown = min(costs["ann"]), min(costs["eve"])
    assert 0.7 < known / unknown < 1.4, costs
    assert known > 0.01, costs


def test_a_will_that_may_not_be_left_is_named_in_the_log(start_daemon, users, tmp_path):
    (tmp_path / "acl").write_text("user ann\ntopic read w\n", encoding="utf-8")
    daemon = start_daemon(CONFIGURATION.format(path=users) + f"acl_file {tmp_path}/acl\n")
    with Attacker(daemon.mqtt_port) as client:
        client.send(connect(
            V311, "c", 0xC6, rest=will(V311, "w", "x") + text("ann") + text("secret")))
        assert client.wait_until_closed() == [REFUSED[V311]]
    daemon.wait_for_log(r"Client c \(user ann\) \[\S+\] is not allowed to leave a will on w\.")


def test_a_hostile_line_does_not_take_the_memory_and_is_named(martlet, tmp_path):
    path = tmp_path / "hostile"
    path.write_text(
        "# users\nann:$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1b"
        "MCHGi/4\n", encoding="utf-8")
    configuration = tmp_path / "hostile.conf"
    configuration.write_text(CONFIGURATION.format(path=path), encoding="utf-8")
    result = subprocess.run(
        [martlet, "run", "-c", configuration], capture_output=True, text=True, timeout=PATIENCE,
        check=False)
    assert result.returncode == 3
    assert "line 2: the hash of ann: argon2id takes m from 8" in result.stderr


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
