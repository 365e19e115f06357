"""`martlet passwd`: what it writes is read by Mosquitto and by the daemon."""

import fcntl
import getpass
import os
import pty
import signal
import subprocess
import termios
from pathlib import Path

import pytest

from brokers import MosquittoBroker
from daemon import PATIENCE, eventually


def passwd(martlet, *arguments, said=""):
    return subprocess.run(
        [martlet, "passwd", *map(str, arguments)], input=said, capture_output=True, text=True,
        timeout=60, check=False)


@pytest.fixture
def path(martlet, tmp_path):
    path = tmp_path / "users"
    assert passwd(martlet, "-c", "-b", path, "ann", "secret").returncode == 0
    assert passwd(martlet, "-H", "sha512", path, "bob", said="word\nword\n").returncode == 0
    return path


def login(port, user, password):
    return subprocess.run(
        ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(port), "-u", user, "-P", password, "-t",
         "a", "-m", "x"], capture_output=True, timeout=20, check=False).returncode


@pytest.mark.parametrize("kind", ["martlet", "mosquitto"])
def test_users_log_in_with_what_it_wrote(start_daemon, path, tmp_path, kind):
    if kind == "martlet":
        port = start_daemon(f"listener 0 127.0.0.1\npassword_file {path}\n").mqtt_port
    else:
        broker = MosquittoBroker(
            tmp_path / "mosquitto.conf", f"user {getpass.getuser()}", f"password_file {path}")
        port = broker.port
    assert login(port, "ann", "secret") == 0
    assert login(port, "bob", "word") == 0
    assert login(port, "ann", "wrong") != 0
    if kind == "mosquitto":
        broker.finish()


def test_the_file_is_for_its_owner_alone_and_hashes_are_costly(path):
    assert path.stat().st_mode & 0o777 == 0o600
    ann, bob = path.read_text(encoding="utf-8").splitlines()
    assert ann.startswith("ann:$7$210000$") and bob.startswith("bob:$6$")
    assert "secret" not in ann


def test_a_folder_that_gives_its_files_to_its_group_lets_the_group_read(martlet, tmp_path):
    shared, plain = tmp_path / "shared", tmp_path / "plain"
    for folder, mode in [(shared, 0o2755), (plain, 0o755)]:
        folder.mkdir()
        folder.chmod(mode)
        assert passwd(martlet, "-c", "-b", folder / "users", "ann", "secret").returncode == 0
    assert (shared / "users").stat().st_mode & 0o777 == 0o640
    assert (plain / "users").stat().st_mode & 0o777 == 0o600
    result = subprocess.run(
        [martlet, "passwd", "-c", "-b", "users", "ann", "secret"], cwd=shared, check=False)
    assert result.returncode == 0 and (shared / "users").stat().st_mode & 0o777 == 0o640


def test_a_file_that_the_group_could_read_still_is_one(martlet, path):
    path.chmod(0o640)
    assert passwd(martlet, "-b", path, "eve", "secret").returncode == 0
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_user_is_deleted_and_the_rest_stays(martlet, path):
    path.write_text("# people\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert passwd(martlet, "-D", path, "ann").returncode == 0
    left = path.read_text(encoding="utf-8").splitlines()
    assert left[0] == "# people" and left[1].startswith("bob:") and len(left) == 2
    unknown = passwd(martlet, "-D", path, "ann")
    assert unknown.returncode == 1 and "User ann not found" in unknown.stderr


def test_a_plain_file_is_hashed_once(martlet, tmp_path):
    path = tmp_path / "plain"
    kept = "eve:$argon2id$v=19$m=47104,t=1,p=1$c2FsdA$aGFzaA"
    path.write_text(f"# people\nann:secret\n{kept}\n", encoding="utf-8")
    assert passwd(martlet, "-I", 7, "-U", path).returncode == 0
    once = path.read_text(encoding="utf-8")
    assert once.splitlines()[1].startswith("ann:$7$7$") and once.splitlines()[2] == kept
    assert passwd(martlet, "-U", path).returncode == 0
    assert path.read_text(encoding="utf-8") == once


def test_passwords_that_differ_change_nothing(martlet, path):
    before = path.read_bytes()
    result = passwd(martlet, path, "ann", said="one\ntwo\n")
    assert result.returncode == 1 and "do not match" in result.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize("arguments", [
    ["-b", "{path}", "ann"], ["{path}"], ["-U", "{path}", "ann"], ["-b", "{path}", "a:b", "x"],
    ["-c", "-D", "{path}", "ann"], ["-b", "-D", "{path}", "ann"], ["-b", "{path}", "ann", ""],
    ["-H", "argon2id", "-I", "2", "-b", "{path}", "ann", "x"],
    ["-H", "scram-sha-256", "-I", "4095", "-b", "{path}", "ann", "x"],
])
def test_what_is_asked_wrongly_changes_nothing(martlet, path, arguments):
    before = path.read_bytes()
    result = passwd(martlet, *[word.format(path=path) for word in arguments])
    assert result.returncode == 1 and result.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize("hash_name, beginning", [
    ("sha512-pbkdf2", "$7$210000$"), ("sha512", "$6$"),
    ("argon2id", "$argon2id$v=19$m=47104,t=1,p=1$"), ("scram-sha-256", "$scram-sha-256$100000$"),
])
def test_whatever_hash_is_asked_for_lets_the_user_in(
        martlet, start_daemon, tmp_path, hash_name, beginning):
    path = tmp_path / "users"
    assert passwd(martlet, "-H", hash_name, "-c", "-b", path, "ann", "word").returncode == 0
    assert path.read_text(encoding="utf-8").startswith(f"ann:{beginning}")
    port = start_daemon(f"listener 0 127.0.0.1\npassword_file {path}\n").mqtt_port
    assert (login(port, "ann", "word"), login(port, "ann", "ward") != 0) == (0, True)


def test_a_hash_that_the_program_argon2_made_lets_the_user_in(start_daemon, tmp_path):
    made = subprocess.run(
        ["argon2", "somesalt", "-id", "-t", "3", "-k", "512", "-p", "2", "-l", "24", "-e"],
        input=b"word", capture_output=True, check=True)
    path = tmp_path / "users"
    path.write_text(f"ann:{made.stdout.decode()}", encoding="utf-8")
    port = start_daemon(f"listener 0 127.0.0.1\npassword_file {path}\n").mqtt_port
    assert (login(port, "ann", "word"), login(port, "ann", "ward") != 0) == (0, True)


def test_a_line_without_a_colon_is_named_and_the_plain_file_stays(martlet, tmp_path):
    path = tmp_path / "plain"
    path.write_text("# people\nann:secret\nbob secret\n", encoding="utf-8")
    result = passwd(martlet, "-U", path)
    assert (result.returncode, "line 3" in result.stderr) == (1, True), result.stderr
    assert path.read_text(encoding="utf-8") == "# people\nann:secret\nbob secret\n"


def test_a_password_of_any_octets_is_taken_as_it_was_typed(martlet, start_daemon, tmp_path):
    path = tmp_path / "users"
    word = b"w\xf6rd"
    result = subprocess.run(
        [martlet, "passwd", "-H", "sha512", "-c", path, "ann"], input=word + b"\n" + word + b"\n",
        capture_output=True, timeout=PATIENCE, check=False)
    assert result.returncode == 0
    port = start_daemon(f"listener 0 127.0.0.1\npassword_file {path}\n").mqtt_port
    assert login(port, "ann", word) == 0


class Terminal:
    """A terminal on which `passwd` asks for a password."""

    def __init__(self, martlet, path, hanging_up=signal.SIG_DFL):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [martlet, "passwd", str(path), "ann"], stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, preexec_fn=lambda: self.open_session(hanging_up))
        os.close(slave)
        assert eventually(lambda: not self.shows), "the terminal shows what is typed"
        assert os.read(self.master, 100).startswith(b"Password:")

    @staticmethod
    def open_session(hanging_up):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        # Those who run the tests with `nohup`, or behind `&`, hand down that these are ignored.
        signal.signal(signal.SIGHUP, hanging_up)
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    @property
    def shows(self):
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)

    def type(self, octets):
        os.write(self.master, octets)


@pytest.mark.parametrize("end", ["ctrl-c", "SIGTERM", "SIGHUP", "answer"])
def test_the_terminal_shows_again_what_is_typed_however_the_asking_ends(martlet, path, end):
    terminal = Terminal(martlet, path)
    before = path.read_bytes()
    if end == "ctrl-c":
        terminal.type(b"sec\x03")
    elif end == "answer":
        terminal.type(b"new\nnew\n")
    else:
        terminal.process.send_signal(signal.Signals[end])
    status = terminal.process.wait(PATIENCE)
    ways = {"ctrl-c": -signal.SIGINT, "SIGTERM": -signal.SIGTERM, "SIGHUP": -signal.SIGHUP}
    assert (status, terminal.shows) == (ways.get(end, 0), True)
    assert (path.read_bytes() == before) == (end != "answer")


def test_the_terminal_shows_what_is_typed_while_the_asking_is_stopped(martlet, path):
    terminal = Terminal(martlet, path)
    terminal.process.send_signal(signal.SIGTSTP)
    assert eventually(lambda: terminal.shows)
    terminal.process.send_signal(signal.SIGCONT)
    assert eventually(lambda: not terminal.shows)
    terminal.type(b"new\nnew\n")
    assert terminal.process.wait(PATIENCE) == 0 and terminal.shows


def test_an_asking_that_ignores_hanging_up_goes_on_silently(martlet, path):
    terminal = Terminal(martlet, path, hanging_up=signal.SIG_IGN)
    terminal.process.send_signal(signal.SIGHUP)
    terminal.type(b"new\nnew\n")
    assert terminal.process.wait(PATIENCE) == 0 and terminal.shows


def test_a_file_behind_a_symbolic_link_is_not_made_two(martlet, path, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(path)
    before = path.read_bytes()
    refused = passwd(martlet, "-b", link, "eve", "x")
    assert refused.returncode == 1 and "symbolic link" in refused.stderr
    assert link.is_symlink() and path.read_bytes() == before
    environment = {**os.environ, "MOSQUITTO_UNSAFE_ALLOW_SYMLINKS": "1"}
    subprocess.run(
        [martlet, "passwd", "-H", "sha512", "-b", link, "eve", "x"], env=environment, check=True,
        timeout=PATIENCE)
    assert link.is_symlink() and "eve:" in path.read_text(encoding="utf-8")


def test_many_at_once_lose_nobodys_change(martlet, path):
    names = [f"user{number}" for number in range(12)]
    runs = [subprocess.Popen([martlet, "passwd", "-H", "sha512", "-b", path, name, "x"])
            for name in names]
    assert [run.wait(PATIENCE) for run in runs] == [0] * len(names)
    text = path.read_text(encoding="utf-8")
    assert [name for name in names if f"{name}:$6$" not in text] == []


def test_who_comes_second_waits_for_the_first(martlet, path):
    folder = os.open(path.parent, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    run = subprocess.Popen([martlet, "passwd", "-D", path, "ann"])
    waiting = eventually(
        lambda: f"-> FLOCK  ADVISORY  WRITE {run.pid} " in Path("/proc/locks").read_text("ascii"))
    assert waiting and "ann:" in path.read_text(encoding="utf-8")
    os.close(folder)
    assert run.wait(PATIENCE) == 0 and "ann:" not in path.read_text(encoding="utf-8")
