"""`user`, PUID and PGID: as whom a daemon runs that root has started, and what is its own then."""

import os
import pwd
import signal
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from certificates import Authority
from daemon import PATIENCE, Daemon, eventually

as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another")
PLAIN = "listener 0 127.0.0.1\nallow_anonymous true\nlog_type all\n"
NOBODY = pwd.getpwnam("nobody")


@pytest.fixture
def folder():
    """A folder that everybody may look into."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture
def start(martlet, folder):
    """Starts daemons with nothing added to their configuration."""
    daemons = []

    def run(text, **environment):
        path = folder / "martlet.conf"
        path.write_text(text, encoding="utf-8")
        command = [martlet, "run", "-c", str(path)]
        names = [f"{name}={value}" for name, value in environment.items()]
        daemons.append(Daemon(["env", *names, *command], folder / f"log{len(daemons)}"))
        daemons[-1].wait_until_running()
        return daemons[-1]

    yield run
    for daemon in daemons:
        daemon.finish()


def identity(daemon, row):
    """The real, effective, saved and file system's number, or the groups."""
    status = Path(f"/proc/{daemon.process.pid}/status").read_text(encoding="ascii")
    return [int(number) for line in status.splitlines() if line.startswith(row + ":")
            for number in line.split()[1:]]


def first_account(*names):
    known = [entry.pw_name for entry in pwd.getpwall()]
    return pwd.getpwnam(next(name for name in names if name in known))


# effect: user
@as_root
@pytest.mark.parametrize("option, account", [
    ("", first_account("martlet", "mosquitto", "nobody")),
    ("user mosquitto\n", first_account("mosquitto", "nobody")),
    ("user nobody\n", NOBODY), ("user root\n", pwd.getpwnam("root"))])
def test_root_becomes_an_ordinary_user(start, option, account):
    daemon = start(PLAIN + option)
    assert identity(daemon, "Uid") == [account.pw_uid] * 4
    assert identity(daemon, "Gid") == [account.pw_gid] * 4
    if account.pw_uid:
        assert identity(daemon, "Groups") == sorted(
            os.getgrouplist(account.pw_name, account.pw_gid))
    assert ("should not run as root" in daemon.log) == (account.pw_uid == 0)


@as_root
@pytest.mark.parametrize("environment, user, group", [
    ({"PUID": 4321, "PGID": 4322}, 4321, 4322), ({"PUID": 4321}, 4321, 4321),
    ({"PGID": 4322}, NOBODY.pw_uid, 4322)])
def test_the_environment_goes_before(start, environment, user, group):
    daemon = start(PLAIN + "user nobody\n", **environment)
    assert identity(daemon, "Uid") == [user] * 4
    assert identity(daemon, "Gid") == [group] * 4


@as_root
@pytest.mark.parametrize("option, environment, words", [
    ("user nemo\n", {}, "run as nemo: no such user"),
    ("", {"PUID": "nobody"}, "use PUID nobody: it is no number"),
    ("", {"PGID": "-1"}, "use PGID -1: it is no number")])
def test_nobody_to_become_is_status_1(martlet, folder, option, environment, words):
    (folder / "a.conf").write_text(PLAIN + option, encoding="utf-8")
    result = subprocess.run(
        [martlet, "run", "-c", str(folder / "a.conf")], env={**os.environ, **environment},
        capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (result.returncode, words in result.stderr) == (1, True), result.stderr


@as_root
def test_what_only_root_may_open_is_open(start, folder):
    """Root's own folder holds the socket, the number of the process and the log."""
    folder.chmod(0o755)
    for name in ("socket", "pid", "log"):
        (folder / name).mkdir(mode=0o700)
    daemon = start(
        f"listener 0 {folder}/socket/s\n{PLAIN}user nobody\npid_file {folder}/pid/pid\n"
        f"log_dest stderr\nlog_dest file {folder}/log/log\n")
    assert int((folder / "pid/pid").read_text()) == daemon.process.pid
    assert stat.S_ISSOCK((folder / "socket/s").stat().st_mode)
    for name in ("socket/s", "pid/pid", "log/log"):
        assert (folder / name).stat().st_uid == NOBODY.pw_uid


@as_root
def test_the_log_is_opened_anew_by_who_runs(start, folder):
    log = folder / "logs" / "log"
    log.parent.mkdir()
    os.chown(log.parent, NOBODY.pw_uid, NOBODY.pw_gid)
    daemon = start(f"{PLAIN}user nobody\nlog_dest stderr\nlog_dest file {log}\n")
    log.rename(log.with_suffix(".old"))
    daemon.process.send_signal(signal.SIGRTMIN)
    assert eventually(log.exists)
    log.unlink()
    daemon.process.send_signal(signal.SIGHUP)
    assert eventually(log.exists)


@as_root
def test_a_file_that_only_root_reads_is_told_of_and_stays_in_force(start, folder, runner):
    authority = Authority(folder)
    certificate, key = authority.sign("server", "/CN=localhost")
    key.chmod(0o600)
    daemon = start(f"{PLAIN}certfile {certificate}\nkeyfile {key}\nuser nobody\n")
    daemon.wait_for_log(f"{key} cannot be read by nobody, so that SIGHUP will change nothing")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for_log("What was in force stays")
    result = runner.run(
        "mosquitto", "pub", "-h", "localhost", "-p", daemon.mqtt_port, "--cafile",
        authority.path, "-t", "a", "-m", "x")
    assert result.returncode == 0, result.stderr


def test_who_is_not_root_stays_who_he_is(martlet, folder):
    (folder / "a.conf").write_text(PLAIN + "user mail\n", encoding="utf-8")
    command = [martlet, "run", "-c", str(folder / "a.conf")]
    if os.getuid() == 0:
        command = ["setpriv", f"--reuid={NOBODY.pw_uid}", "--clear-groups", *command]
    daemon = Daemon(command, folder / "log")
    daemon.wait_until_running()
    assert identity(daemon, "Uid") == [os.getuid() or NOBODY.pw_uid] * 4
    assert "user mail has no effect: only root can become another" in daemon.log
    assert daemon.end() == 0
