"""`martlet passwd`: what it writes is read by Mosquitto and by the daemon."""

import getpass
import subprocess

import pytest

from brokers import MosquittoBroker


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
])
def test_what_is_asked_wrongly_changes_nothing(martlet, path, arguments):
    before = path.read_bytes()
    result = passwd(martlet, *[word.format(path=path) for word in arguments])
    assert result.returncode == 1 and result.stderr
    assert path.read_bytes() == before
